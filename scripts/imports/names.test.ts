import { nameDefinitions } from './names';

function namesOf(ids: readonly string[], kinds: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(nameDefinitions(ids, (id) => kinds.includes(id)));
}

test('a definition without a namesake has its short name', () => {
  expect(namesOf(['io.k8s.api.apps.v1.Deployment', 'io.k8s.apimachinery.pkg.version.Info'])).toEqual({
    'io.k8s.api.apps.v1.Deployment': 'Deployment',
    'io.k8s.apimachinery.pkg.version.Info': 'Info',
  });
});

test('the newest stable version has the plain name', () => {
  expect(namesOf(['a.autoscaling.v1.Scaler', 'a.autoscaling.v2.Scaler', 'a.autoscaling.v10.Scaler'])).toEqual(
    {
      'a.autoscaling.v1.Scaler': 'ScalerV1',
      'a.autoscaling.v2.Scaler': 'ScalerV2',
      'a.autoscaling.v10.Scaler': 'Scaler',
    },
  );
});

test('a stable version comes before a newer beta, a beta before a newer alpha', () => {
  expect(namesOf(['a.net.v1.Ip', 'a.net.v2beta1.Ip', 'a.net.v1beta2.Ip', 'a.net.v3alpha1.Ip'])).toEqual({
    'a.net.v1.Ip': 'Ip',
    'a.net.v2beta1.Ip': 'IpV2beta1',
    'a.net.v1beta2.Ip': 'IpV1beta2',
    'a.net.v3alpha1.Ip': 'IpV3alpha1',
  });
  expect(namesOf(['a.net.v1beta2.Ip', 'a.net.v1beta10.Ip', 'a.net.v3alpha1.Ip'])).toMatchObject({
    'a.net.v1beta10.Ip': 'Ip',
    'a.net.v3alpha1.Ip': 'IpV3alpha1',
  });
});

test('between groups, core has the plain name', () => {
  const ids = ['a.events.v1.Event', 'a.core.v1.Event'];
  const expected = { 'a.core.v1.Event': 'Event', 'a.events.v1.Event': 'EventsEvent' };
  expect(namesOf(ids, ids)).toEqual(expected);
  expect(namesOf(ids)).toEqual(expected);
});

test('between groups, a kind has the plain name before a part, even one of core', () => {
  expect(namesOf(['a.core.v1.Claim', 'a.resource.v1.Claim'], ['a.resource.v1.Claim'])).toEqual({
    'a.core.v1.Claim': 'CoreClaim',
    'a.resource.v1.Claim': 'Claim',
  });
});

test('groups that nothing ranks all start with their name', () => {
  expect(namesOf(['a.rbac.v1.Subject', 'a.flowcontrol.v1.Subject', 'a.flowcontrol.v1beta3.Subject'])).toEqual(
    {
      'a.rbac.v1.Subject': 'RbacSubject',
      'a.flowcontrol.v1.Subject': 'FlowcontrolSubject',
      'a.flowcontrol.v1beta3.Subject': 'FlowcontrolSubjectV1beta3',
    },
  );
});

test('the order of the document does not matter', () => {
  const ids = ['a.rbac.v1.Subject', 'a.core.v1.Subject', 'a.core.v2.Subject'];
  expect(namesOf([...ids].reverse())).toEqual(namesOf(ids));
});

test('refuses two definitions that come out with one name', () => {
  const ids = ['a.core.v1.Event', 'a.events.v1.Event', 'a.core.v1.EventsEvent'];
  expect(() => namesOf(ids)).toThrow(expect.objectContaining({ code: 'DUPLICATE_NAME' }));
});

package main

import (
	v1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/matchconditions"
	"k8s.io/apiserver/pkg/cel/environment"
)

// What the API server does with a policy that it is given, but for two things that there is nobody to ask about here:
// parameters, and what somebody may.
var declared = cel.OptionalVariableDeclarations{StrictCost: true}

func compiled(policy *v1.ValidatingAdmissionPolicy) (validating.Validator, string) {
	spec := policy.Spec
	if spec.ParamKind != nil {
		return nil, "it has spec.paramKind, and there are no parameters here"
	}
	if spec.MatchConstraints == nil || len(spec.MatchConstraints.ResourceRules) == 0 {
		return nil, "it has no spec.matchConstraints.resourceRules"
	}
	base := environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion(), true)
	env, err := cel.NewCompositionEnv(cel.VariablesTypeName, base)
	if err != nil {
		return nil, err.Error()
	}
	compiler := cel.NewCompositedCompilerFromTemplate(env)
	variables := make([]cel.NamedExpressionAccessor, len(spec.Variables))
	for at, variable := range spec.Variables {
		variables[at] = &validating.Variable{Name: variable.Name, Expression: variable.Expression}
	}
	compiler.CompileAndStoreVariables(variables, declared, environment.NewExpressions)

	conditions := make([]cel.ExpressionAccessor, len(spec.MatchConditions))
	for at := range spec.MatchConditions {
		conditions[at] = (*matchconditions.MatchCondition)(&spec.MatchConditions[at])
	}
	validations := make([]cel.ExpressionAccessor, len(spec.Validations))
	messages := make([]cel.ExpressionAccessor, len(spec.Validations))
	for at, one := range spec.Validations {
		validations[at] = &validating.ValidationCondition{Expression: one.Expression, Message: one.Message, Reason: one.Reason}
		if one.MessageExpression != "" {
			messages[at] = &validating.MessageExpressionCondition{MessageExpression: one.MessageExpression}
		}
	}
	compile := func(expressions []cel.ExpressionAccessor) cel.ConditionEvaluator {
		return compiler.CompileCondition(expressions, declared, environment.NewExpressions)
	}
	checks, texts, matches := compile(validations), compile(messages), compile(conditions)
	for _, evaluator := range []cel.ConditionEvaluator{matches, checks, texts} {
		for _, broken := range evaluator.CompilationErrors() {
			if broken != nil {
				return nil, broken.Error()
			}
		}
	}
	var matcher matchconditions.Matcher
	if len(conditions) > 0 {
		matcher = matchconditions.NewMatcher(matches, spec.FailurePolicy, "policy", "validate", policy.Name)
	}
	return validating.NewValidator(checks, matcher, compile(nil), texts, spec.FailurePolicy), ""
}

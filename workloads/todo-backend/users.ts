import { Problem } from '../shared/problem';
import { type Database, isDuplicate } from './database';
import { hashPassword, isPassword } from './password';

export interface User {
  readonly id: string;
  readonly email: string;
}

interface Credentials {
  readonly email: string;
  readonly password: string;
}

export async function addUser(database: Database, { email, password }: Credentials): Promise<User> {
  const kept = await hashPassword(password);
  try {
    const [user] = await database.rows<User>(
      'insert into users (email, password) values ($1, $2) returning id, email',
      [email, kept],
    );
    return user as User;
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw new Problem(409, 'email_taken', 'There is an account with this e-mail address: sign in instead.');
  }
}

export async function userWith(database: Database, { email, password }: Credentials): Promise<User> {
  const [found] = await database.rows<User & { password: string }>(
    'select id, email, password from users where email = $1',
    [email],
  );
  if (!(await isPassword(password, found?.password)) || found === undefined) {
    throw new Problem(401, 'wrong_credentials', 'No account has this e-mail address and this password.');
  }
  return { id: found.id, email: found.email };
}

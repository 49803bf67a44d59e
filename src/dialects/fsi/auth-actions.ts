import type { ApiSessions, IssuedTokens, Origin } from '../../auth/api-sessions.ts';
import { MusterError } from '../../domain/errors.ts';
import type { Tenant } from '../../ports/tenant-store.ts';
import type { FsiAnswer, FsiInput } from './action.ts';
import { plainText, returnedText } from './returned.ts';

/** What is answered, and the tenant it turned out to be about. */
export interface AuthOutcome {
  readonly answer: FsiAnswer;
  readonly tenant?: Tenant;
}

export type AuthAction = (input: FsiInput, sessions: ApiSessions, origin: Origin) => Promise<AuthOutcome>;

/** F6: scripts compare with this text. */
export const deadToken = 'Invalidate session token.';

/** F6: one answer for a wrong secret and for a code that is spent, too old, somebody else's or made up. */
const wrongCode = 'The code or the API secret is not valid. Ask for a new code with getcode.';

/** F4: the actions by which a client gets in, by their names (F3). */
export const authActions: ReadonlyMap<string, AuthAction> = new Map([
  ['getcode', getCode],
  ['gettoken', getToken],
  ['renewtoken', renewToken],
]);

async function getCode(input: FsiInput, sessions: ApiSessions, origin: Origin): Promise<AuthOutcome> {
  const issued = await sessions.issueCode(plainText(input['apikey']), origin);
  if (issued === 'throttled') throw tooManyFailures();
  if (issued === 'wrong') return refused('The API key is not valid.');
  return { answer: { result: true, msg: '', code: issued.code }, tenant: issued.tenant };
}

async function getToken(input: FsiInput, sessions: ApiSessions, origin: Origin): Promise<AuthOutcome> {
  const asked = {
    code: returnedText(input['code'], 'code'),
    secret: plainText(input['apisecret']),
    key: plainText(input['apikey']),
  };
  const issued = await sessions.issueTokens(asked, origin);
  if (issued === 'throttled') throw tooManyFailures();
  return issued === 'wrong' ? refused(wrongCode) : tokens(issued);
}

async function renewToken(input: FsiInput, sessions: ApiSessions, origin: Origin): Promise<AuthOutcome> {
  const asked = {
    token: returnedText(input['token'], 'token'),
    secret: plainText(input['apisecret']),
    renewToken: returnedText(input['renewtoken'], 'renewtoken'),
  };
  const issued = await sessions.renew(asked, origin);
  if (issued === 'throttled') throw tooManyFailures();
  if (issued === 'dead') return refused(deadToken);
  return issued === 'wrong' ? refused('The API secret or the renew token is not valid.') : tokens(issued);
}

function tokens({ token, renewToken: renewtoken, expiresAt, tenant }: IssuedTokens): AuthOutcome {
  const expire = new Date(expiresAt).toISOString();
  return { answer: { result: true, msg: '', token, renewtoken, expire }, tenant };
}

function refused(msg: string): AuthOutcome {
  return { answer: { result: false, msg } };
}

function tooManyFailures(): MusterError {
  return new MusterError(
    'too-many-requests',
    'Too many wrong keys or secrets came from this address. Wait a minute and check the credentials.',
  );
}

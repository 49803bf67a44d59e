import { patronId, storedContacts } from './contacts-of.ts';
import { adminAuthorization, type TestServer } from './server.ts';

/** Asks the management API as `admin`; throws where it refuses. Gives the parsed body. */
export async function askApi(
  server: Pick<TestServer, 'url'>,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const response = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: {
      authorization: adminAuthorization,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** A librarian adds a contact. */
export async function addByHand(
  server: TestServer,
  username: string,
  contact: Record<string, unknown>,
): Promise<void> {
  await askApi(server, 'POST', `/patrons/${await patronId(server, username)}/contacts`, contact);
}

/** A librarian changes the contact that reads `text`. */
export async function changeByHand(
  server: TestServer,
  username: string,
  text: string,
  changes: Record<string, unknown>,
): Promise<void> {
  const contact = (await storedContacts(server, username)).find((one) => one.contact === text);
  if (!contact) throw new Error(`${username} has no contact ${text}`);
  await askApi(
    server,
    'PATCH',
    `/patrons/${await patronId(server, username)}/contacts/${contact.id}`,
    changes,
  );
}

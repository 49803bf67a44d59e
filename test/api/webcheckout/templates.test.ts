import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type TestServer } from '../../support/server.ts';
import { request } from '../management/support.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const described =
  'description,note,status,start-date,end-date,contact-unique-identifier,role,telephone,email,url,contact-note';
const setHead =
  'name,unique-identifier,organization,group-unique-identifier,description,start-date,end-date,resource-types,checkout-centers';

test.each([
  ['group.csv', `unique-identifier,name,organization,${described}`],
  ['section.csv', `unique-identifier,name,group-unique-identifier,${described}`],
  ['section-members.csv', 'section-unique-identifier,member-unique-identifier,start-date,end-date'],
  ['authorization-set.csv', `${setHead},wco-checkout-centers,authset`],
  ['authorization-set.csv?wco=false', `${setHead},authset`],
  ['organizations.csv', 'name'],
  ['resource-types.csv', 'unique-identifier,name,restricted'],
  ['checkout-centers.csv', 'name,portal-restricted,wco-restricted'],
])('W21 the template %s has the headers alone, in the order of the tables', async (path, header) => {
  const { status, text } = await request(server, 'GET', `/templates/${path}`);
  expect([status, text]).toEqual([200, `${header}\r\n`]);
});

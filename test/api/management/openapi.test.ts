import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type TestServer } from '../../support/server.ts';
import { request } from './support.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

test('the OpenAPI document is valid 3.1', async () => {
  const { status, body } = await request(server, 'GET', '/openapi.json', { authorization: null });
  expect(status).toBe(200);
  expect(body.openapi).toBe('3.1.0');
  const result = await new Validator().validate(body);
  expect(result.errors).toBeUndefined();
  expect(result.valid).toBe(true);
});

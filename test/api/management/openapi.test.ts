import { Validator } from '@seriousme/openapi-schema-validator';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Operation } from '../../../src/contract/operation.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { request } from './support.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, { operationId: string; security: unknown }>>;
}

async function readDocument(): Promise<Document> {
  const { status, body } = await request(server, 'GET', '/openapi.json', { authorization: null });
  expect(status).toBe(200);
  return body as Document;
}

/** Every operation that a file of the contract exports. */
async function contractOperations(): Promise<Operation[]> {
  const folder = join(import.meta.dirname, '../../../src/contract');
  const operations: Operation[] = [];
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.includes('.test.'))) {
    const exported = Object.values((await import(join(folder, name))) as Record<string, object>);
    // Operations that belong together may be exported as one object.
    for (const value of exported.flatMap((one) => ('answers' in one ? [one] : Object.values(one)))) {
      if (typeof value === 'object' && value !== null && 'answers' in value)
        operations.push(value as Operation);
    }
  }
  return operations;
}

test('the OpenAPI document is valid 3.1 and every reference in it leads somewhere', async () => {
  const document = await readDocument();
  expect(document.openapi).toMatch(/^3\.1\./);
  const result = await new Validator().validate({ ...document });
  expect(result.errors).toBeUndefined();
  expect(result.valid).toBe(true);

  const text = JSON.stringify(document);
  const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name!);
  expect(references.length).toBeGreaterThan(10);
  const { components } = document as unknown as { components: { schemas: Record<string, unknown> } };
  expect(new Set(references)).toEqual(new Set(Object.keys(components.schemas)));
});

test('every operation of the contract is served and documented, and nothing else', async () => {
  const operations = await contractOperations();
  expect(operations.length).toBeGreaterThan(20);
  const declared = operations.map(({ method, path, id }) => `${method} /api/v1${path} ${id}`).sort();
  const { paths } = await readDocument();
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, { operationId }]) => `${method.toUpperCase()} ${path} ${operationId}`,
    ),
  );
  expect(documented.sort()).toEqual(declared);
});

test('every operation refuses a caller without credentials, before it looks at what was asked', async () => {
  const { paths } = await readDocument();
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, { security }] of Object.entries(methods)) {
      expect(security, path).toEqual([{ basic: [] }]);
      const address = path.replace('/api/v1', '').replaceAll(/\{\w+\}/g, '1');
      const answer = await request(server, method.toUpperCase(), address, { authorization: null });
      expect(answer.status, `${method} ${path}`).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Basic realm="Muster", charset="UTF-8"');
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
  }
});

test('the pages of operations and problems load nothing from elsewhere', async () => {
  for (const path of ['/docs', '/docs/problems']) {
    const response = await fetch(`${server.url}${path}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const html = await response.text();
    const links = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, link]) => link!);
    for (const link of links.filter((one) => one !== '/docs')) {
      expect(link).toMatch(/^\/docs\/static\//);
      expect((await fetch(`${server.url}${link}`)).status, link).toBe(200);
    }
  }
});

test('the type of a problem leads to its entry on the page of problems', async () => {
  const { body } = await request(server, 'GET', '/patrons/nobody-has-this');
  expect(body).toMatchObject({ type: '/docs/problems#not-found', status: 404, code: 'not-found' });
  const page = await (await fetch(`${server.url}${body.type}`)).text();
  expect(page).toContain('<section id="not-found">');
});

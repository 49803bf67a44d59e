import type { z } from 'zod';

/** A body that is no JSON: what OpenAPI needs to describe it. */
export interface FileAnswer {
  readonly description: string;
  readonly content: Readonly<Record<string, { readonly schema: z.ZodType }>>;
}

/**
 * One operation of the management API as both sides see it: the server takes validation, types, the filter
 * on what leaves and the OpenAPI document from it, a client its types.
 */
export interface Operation {
  /** `operationId` of the OpenAPI document. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Under `/api/v1`, parameters in braces: `/patrons/{id}`. */
  readonly path: string;
  /** The group it is listed under. */
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodObject;
  /** Made with `z.strictObject`, so that a mistyped name is refused instead of ignored. */
  readonly query?: z.ZodObject;
  /** Likewise strict. */
  readonly body?: z.ZodType;
  /** Set where the body is a file instead: what the file is. The handler reads the raw request itself. */
  readonly upload?: string;
  /** What it answers by status; the first is the usual one. Problems are described once for all. */
  readonly answers: Readonly<Record<number, z.ZodType | FileAnswer>>;
}

/** Checks the form of an operation while keeping its exact type. */
export function operation<const O extends Operation>(declared: O): O {
  return declared;
}

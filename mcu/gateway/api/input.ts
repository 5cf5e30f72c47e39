import type { Request } from 'express';
import type { z } from 'zod';
import { roomNameSchema } from '../../protocol/common.ts';
import { OnegridError } from '../../protocol/errors.ts';

/**
 * Checks what a client has sent.
 * @param value - a body or a query; no body is an empty one
 * @throws OnegridError `bad-request`, which names the field
 */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0] ?? { path: [], message: 'not valid' };
  const field = path.length > 0 ? `${path.join('.')}: ` : '';
  throw new OnegridError('bad-request', `This request cannot be used: ${field}${message}.`);
}

/** A step of the path, decoded. */
export function param(request: Request, name: string): string {
  const value = request.params[name];
  return typeof value === 'string' ? value : '';
}

/**
 * The name of a room in the path.
 * @throws OnegridError `not-found` where no room can have that name
 */
export function roomParam(request: Request): string {
  const name = roomNameSchema.safeParse(param(request, 'room'));
  if (!name.success) throw new OnegridError('not-found', 'There is no such room.');
  return name.data;
}

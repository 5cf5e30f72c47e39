import { z } from 'zod';

/** One setting: how it is called, read and explained. */
export interface Setting<Schema extends z.ZodType> {
  /** The environment variable. */
  readonly name: string;
  /** Validates and converts the text of the variable. */
  readonly schema: Schema;
  /** The text that stands for "not set"; goes through the schema too. Null: there is no value. */
  readonly fallback: string | null;
  /** One line for `--help` and `.env.example`. */
  readonly help: string;
  /** Its value is not for eyes: errors do not show it. */
  readonly secret?: true;
}

/** A setting with a default. */
export const setting = <Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  fallback: string,
  help: string,
): Setting<Schema> => ({ name, schema, fallback, help });

/** A setting that may be left out. */
export const optional = <Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  help: string,
): Setting<z.ZodOptional<Schema>> => ({ name, schema: schema.optional(), fallback: null, help });

const between = (minimum: number, maximum: number): string =>
  `must be between ${String(minimum)} and ${String(maximum)}`;

/** A whole number. */
export const integer = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, { error: between(minimum, maximum) });

/** A number that may have decimals. */
export const decimal = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d{1,6}(\.\d{1,6})?$/, 'must be a number')
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, { error: between(minimum, maximum) });

/** `on` or `off`. */
export const onOff = z.enum(['on', 'off']).transform((text) => text === 'on');

/** `WIDTHxHEIGHT` in pixels, even, within the sizes libav and browsers take. */
export const pictureSize = z
  .string()
  .regex(/^\d{2,4}x\d{2,4}$/, 'must look like 1280x720')
  .transform((text) => {
    const [width = 0, height = 0] = text.split('x').map(Number);
    return { width, height };
  })
  .refine(
    ({ width, height }) =>
      width % 2 === 0 &&
      height % 2 === 0 &&
      width >= 160 &&
      height >= 90 &&
      width <= 3840 &&
      height <= 2160,
    { error: 'must have an even width of 160 to 3840 and an even height of 90 to 2160' },
  );

/** Attributes of an element; numbers are written to two decimals. */
export type Attributes = Readonly<Record<string, string | number>>;

/** An element with what is in it, which is SVG already. */
export function element(name: string, attributes: Attributes, ...content: string[]): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${textOf(value)}"`);
  const open = `<${name}${written.join('')}`;
  return content.length === 0 ? `${open}/>` : `${open}>${content.join('')}</${name}>`;
}

/** Words as an element. */
export const words = (x: number, y: number, text: string, more: Attributes = {}): string =>
  element('text', { x, y, ...more }, escaped(text));

const textOf = (value: string | number): string =>
  typeof value === 'number' ? String(Number(value.toFixed(2))) : escaped(value);

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

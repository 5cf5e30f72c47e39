/** A benchmark's figures, by name; their units are in the names. */
export type Figures = Record<string, number>;

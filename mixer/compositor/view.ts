/** I420 pixels as libav's functions take them: from some pixel on, row by row. */
export interface View {
  readonly planes: [y: Buffer, u: Buffer, v: Buffer];
  /** Bytes from one row to the next. */
  readonly strides: [y: number, u: number, v: number];
}

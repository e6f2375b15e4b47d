/** Milliseconds by the clock that all processes of a computer share, and that nobody sets. */
export const now = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Returns the time. Injected, so that only the composition root reads the system's. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();

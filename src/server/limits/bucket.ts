/** How much may be asked: as much at once, and as much more each second. */
export interface Rate {
	readonly size: number;
	readonly perSecond: number;
}

/** What is left to ask for, as it was at a moment in milliseconds. */
export interface Level {
	readonly level: number;
	readonly at: number;
}

/** What is left at a later moment. */
export const levelAt = ({ level, at }: Level, now: number, { size, perSecond }: Rate): number =>
	Math.min(size, level + (Math.max(0, now - at) * perSecond) / 1_000);

/** Seconds until there is as much, at least 1; what never will be takes as long as all of the bucket. */
export const secondsUntil = (wanted: number, level: number, { size, perSecond }: Rate): number =>
	Math.max(1, Math.ceil((Math.min(wanted, size) - level) / perSecond));

/** Those who report for many resources may ask ten times as much. */
export const rateFor = (usual: Rate, isReporter: boolean): Rate => (isReporter ? { size: usual.size * 10, perSecond: usual.perSecond * 10 } : usual);

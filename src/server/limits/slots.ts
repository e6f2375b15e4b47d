/** What may be held at the same time, counted by who holds it. */
export interface Slots {
	/** Takes one for the holder, and returns how to give it back, once; undefined when the holder has as many as it may. */
	take(holder: string): (() => void) | undefined;
}

/** Remembers only holders of slots: at most as many as slots that are taken. */
export function createSlots(max: number): Slots {
	const taken = new Map<string, number>();
	return {
		take: (holder) => {
			const before = taken.get(holder) ?? 0;
			if (before >= max) return undefined;
			taken.set(holder, before + 1);
			let isHeld = true;
			return () => {
				if (!isHeld) return;
				isHeld = false;
				const left = (taken.get(holder) ?? 1) - 1;
				if (left === 0) taken.delete(holder);
				else taken.set(holder, left);
			};
		},
	};
}

import { createHash } from "node:crypto";
import { BoundedCache } from "../../shared/bounded-cache.ts";

/** All together, and those that one user has registered, in bytes. */
const usual = { all: 16 * 1024 * 1024, ofOne: 1024 * 1024 };

/** What is kept of a document besides its text, in bytes. */
const beside = 500;

interface Kept {
	readonly text: string;
	readonly owner: string;
	readonly bytes: number;
}

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/**
 * The documents that clients name by their hash, as they have registered them: those that were used last, all of them in
 * bounds. Whoever registers more than their share forgets their own, so that no user takes the place of all others.
 */
export class PersistedQueries {
	readonly #bounds: typeof usual;
	readonly #kept: BoundedCache<Kept>;
	/** The hashes of each owner, in the order in which they were registered. */
	readonly #owners = new Map<string, { readonly hashes: Set<string>; bytes: number }>();

	constructor(bounds = usual) {
		this.#bounds = bounds;
		this.#kept = new BoundedCache(bounds.all, (hash, kept) => this.#forgotten(hash, kept));
	}

	/** How many there are, how many bytes they take, and who has registered any. */
	get size(): { readonly documents: number; readonly bytes: number; readonly owners: number } {
		return { documents: this.#kept.size, bytes: this.#kept.bytes, owners: this.#owners.size };
	}

	find(hash: string): string | undefined {
		return this.#kept.get(hash)?.text;
	}

	/** Keeps a document whose hash this is. One that is kept stays its first owner's. */
	keep(hash: string, text: string, owner: string): void {
		if (this.#kept.get(hash) !== undefined) return;
		const bytes = text.length * 2 + hash.length + beside;
		if (bytes > this.#bounds.ofOne) return;
		const share = this.#owners.get(owner) ?? { hashes: new Set<string>(), bytes: 0 };
		for (const oldest of share.hashes) {
			if (share.bytes + bytes <= this.#bounds.ofOne) break;
			this.#kept.delete(oldest);
		}
		this.#owners.set(owner, share); // the last of what it had may have gone
		share.hashes.add(hash);
		share.bytes += bytes;
		this.#kept.set(hash, { text, owner, bytes }, bytes);
	}

	#forgotten(hash: string, { owner, bytes }: Kept): void {
		const share = this.#owners.get(owner);
		if (share === undefined) return;
		share.hashes.delete(hash);
		share.bytes -= bytes;
		if (share.hashes.size === 0) this.#owners.delete(owner);
	}
}

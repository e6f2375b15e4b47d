type Environment = Readonly<Record<string, unknown>>;

/** As many are named at most. */
const maxNamed = 5;

/** Variables of other programs, which may be as like to ours as they are. */
const others = /^(PG|NODE_|NPM_|OTEL_|KUBERNETES_|WALDUR_(?!TOK))|_(SERVICE|TCP)_|_PORT_\d/i;

/** What our variables are often taken to be called, or are called by other programs that one may have in mind. */
const confusions: Readonly<Record<string, string>> = {
	DBURL: "DATABASE_URL",
	DATABASEURI: "DATABASE_URL",
	DATABASEDIR: "DATA_DIR",
	DATAPATH: "DATA_DIR",
	MAILFROM: "SMTP_FROM",
	MAILURL: "SMTP_URL",
	POOLMAX: "POOL_SIZE",
	DATABASEPOOLSIZE: "POOL_SIZE",
	TRUSTEDPROXY: "TRUST_PROXY",
	TRUSTEDPROXIES: "TRUST_PROXY",
	CORSORIGIN: "CORS_ORIGINS",
	ALLOWEDORIGINS: "CORS_ORIGINS",
	METRICSPORT: "OPERATIONS_PORT",
	HEALTHPORT: "OPERATIONS_PORT",
};

/**
 * One line that names the variables whose names are like those of ours that are not set, and what was probably meant;
 * undefined when there are none. Names of a few letters are too like to others: of those only the spelling counts.
 */
export function misspelt(env: Environment, own: ReadonlySet<string>): string | undefined {
	const unset = [...own].filter((name) => env[name] === undefined);
	const found = Object.keys(env).flatMap((name) => {
		if (own.has(name) || others.test(name) || !/^[a-z][a-z0-9_.-]{2,39}$/i.test(name)) return [];
		const meant = meantBy(name, unset);
		return meant === undefined ? [] : [`${name} (${meant} was probably meant)`];
	});
	if (found.length === 0) return undefined;
	const rest = found.length > maxNamed ? `, and ${found.length - maxNamed} more` : "";
	return `Not read from the environment: ${found.slice(0, maxNamed).join(", ")}${rest}.`;
}

function meantBy(name: string, unset: readonly string[]): string | undefined {
	const plain = bare(name);
	const confused = confusions[plain];
	if (confused !== undefined && unset.includes(confused)) return confused;
	const spelt = unset.find((own) => bare(own) === plain);
	if (spelt !== undefined) return spelt;
	const upper = name.toUpperCase();
	const [nearest] = unset
		.map((own) => ({ own, distance: distance(upper, own), most: own.length < 7 ? 0 : own.length < 11 ? 1 : 2 }))
		.filter(({ distance, most }) => distance <= most)
		.sort((one, other) => one.distance - other.distance);
	return nearest?.own;
}

const bare = (name: string): string => name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");

/** How many letters have to be added, left out, changed or swapped with the next one to make the one of the other. */
function distance(one: string, other: string): number {
	if (Math.abs(one.length - other.length) > 2) return Number.POSITIVE_INFINITY;
	let [before, last] = [[] as number[], Array.from({ length: other.length + 1 }, (_, at) => at)];
	for (let row = 1; row <= one.length; row++) {
		const next = [row];
		for (let at = 1; at <= other.length; at++) {
			const changed = (last[at - 1] ?? 0) + (one[row - 1] === other[at - 1] ? 0 : 1);
			const least = Math.min(changed, (last[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1);
			const isSwapped = row > 1 && at > 1 && one[row - 1] === other[at - 2] && one[row - 2] === other[at - 1];
			next.push(isSwapped ? Math.min(least, (before[at - 2] ?? 0) + 1) : least);
		}
		[before, last] = [last, next];
	}
	return last[other.length] ?? 0;
}

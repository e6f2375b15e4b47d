import { checksumOf, type Migration } from "./migration-files.ts";

/** A row of "_prisma_migrations": a migration that was applied, or that an earlier version of the program began. */
export interface RecordedMigration {
	readonly id: string;
	readonly name: string;
	readonly checksum: string;
	/** Whether it was applied as a whole. */
	readonly isFinished: boolean;
}

/** What a database needs next to be as this version of the program has it. */
export type NextStep =
	| { readonly kind: "nothing" }
	| { readonly kind: "apply"; readonly migration: Migration; readonly pending: readonly string[] }
	/** An earlier version was killed while it applied the migration: what became of it shows in the schema. */
	| { readonly kind: "settle"; readonly migration: Migration; readonly row: RecordedMigration }
	/** The database and this version of the program do not go together. */
	| { readonly kind: "refuse"; readonly reason: string };

/** The next step from what is recorded to these migrations, each of which is applied alone. */
export function nextStep(migrations: readonly Migration[], recorded: readonly RecordedMigration[]): NextStep {
	const known = new Map(migrations.map((migration) => [migration.name, migration]));
	const unknown = recorded.filter(({ name }) => !known.has(name)).map(({ name }) => name);
	if (unknown.length > 0) return { kind: "refuse", reason: newer(unknown) };
	for (const row of recorded) {
		const migration = known.get(row.name);
		if (migration === undefined) continue;
		if (!fits(migration, row.checksum)) return { kind: "refuse", reason: changed(row.name) };
		if (!row.isFinished) return { kind: "settle", migration, row };
	}
	const applied = new Set(recorded.map(({ name }) => name));
	const [migration, ...later] = migrations.filter(({ name }) => !applied.has(name));
	if (migration === undefined) return { kind: "nothing" };
	return { kind: "apply", migration, pending: [migration, ...later].map(({ name }) => name) };
}

/** Checksums of the texts that a migration had before, where databases have it with such a text and need nothing else than others. */
const earlierTexts: Readonly<Record<string, readonly string[]>> = {
	// It derived the current usages of all that was stored in one statement. Since then a job does so in small steps, and
	// changes nothing in such a database.
	"20261130190000_derived_current_usages": ["7f9f736a748aa7638358efe6b7bdbbcd6062027d6d4b813a5c6e8d8ee62bb40e"],
};

/** A checkout may have turned the ends of its lines: that changes no statement. */
function fits({ name, script }: Migration, checksum: string): boolean {
	if (earlierTexts[name]?.includes(checksum)) return true;
	const unixLines = script.replaceAll("\r\n", "\n");
	return [script, unixLines, unixLines.replaceAll("\n", "\r\n")].some((text) => checksumOf(text) === checksum);
}

const newer = (names: readonly string[]) =>
	`The database is of a newer version of this program: it has ${listed(names)}, which this version does not know. Start that version, or restore a backup from before.`;

const changed = (name: string) =>
	`The migration ${name} was changed after this database had got it. Put its file back as it was, and write what is to change as a new migration.`;

/** A few of the names, for a line that a person reads. */
export function listed(names: readonly string[]): string {
	const shown = names.slice(0, 3).join(", ");
	return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

import { systemClock } from "../shared/clock.ts";
import { runCommand } from "../shared/command.ts";
import { parseCommand, usage } from "../world/command.ts";
import { generateWorld } from "../world/world.ts";

const args = process.argv.slice(2);

/** The command `npm run world`. */
await runCommand({ args, usage }, async () => {
	const say = (line: string) => process.stdout.write(`${line}\n`);
	const options = parseCommand(args, systemClock());
	const counts = await generateWorld(options);
	for (const [list, count] of Object.entries(counts)) say(`${list.padEnd(36)}${String(count).padStart(10)}`);
	say(`Import it: npm run import -- ${options.folder}`);
	return 0;
});

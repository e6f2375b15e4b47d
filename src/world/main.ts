import { systemClock } from "../shared/clock.ts";
import { runCommand } from "../shared/failure.ts";
import { parseCommand, usage } from "./command.ts";
import { generateWorld } from "./world.ts";

/** The command `npm run world`. */
await runCommand(async () => {
	const say = (line: string) => process.stdout.write(`${line}\n`);
	const options = parseCommand(process.argv.slice(2), systemClock());
	if (options === undefined) {
		say(usage);
		return 0;
	}
	const counts = await generateWorld(options);
	for (const [list, count] of Object.entries(counts)) say(`${list.padEnd(36)}${String(count).padStart(10)}`);
	say(`Import it: npm run import -- ${options.folder}`);
	return 0;
});

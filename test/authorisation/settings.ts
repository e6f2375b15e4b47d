const setting = (name: string): string | undefined => (process.env[name] === "" ? undefined : process.env[name]);

/** Random operations of a run; a quarter as many queries are looked through for what belongs to others. */
export const operations = Number(setting("FUZZ_OPERATIONS") ?? 600);

/** Without a seed the same operations are sent each time: a change is judged by what it does, not by what was drawn that day. */
const usualSeed = 20_261_121;

const given = setting("FUZZ_SEED");

export const seed = given === "random" ? Math.floor(Math.random() * 0x7fff_ffff) : Number(given ?? usualSeed);

import type { Attack } from "./operations/attack.ts";
import { characters } from "./operations/characters.ts";
import { definitions } from "./operations/definitions.ts";
import { floods } from "./operations/floods.ts";
import { forgeries } from "./operations/forgeries.ts";
import { inheritedNames } from "./operations/inherited-names.ts";
import { lengths } from "./operations/lengths.ts";
import { refusals } from "./operations/refusals.ts";
import { values } from "./operations/values.ts";
import { bodies } from "./requests/bodies.ts";
import { lines } from "./requests/lines.ts";
import { methods } from "./requests/methods.ts";
import type { RawAttack } from "./requests/raw-attack.ts";
import { tokens } from "./requests/tokens.ts";
import { urls } from "./requests/urls.ts";

/** Operations, as GraphQL has them. */
export const attacks: readonly Attack[] = [...floods, ...values, ...lengths, ...characters, ...forgeries, ...definitions, ...inheritedNames, ...refusals];

/** Requests, as HTTP has them. */
export const rawAttacks: readonly RawAttack[] = [...bodies, ...methods, ...urls, ...lines, ...tokens];

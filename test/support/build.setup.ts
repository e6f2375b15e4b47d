import { execFileSync } from "node:child_process";
import { projectPath } from "../../src/shared/project-root.ts";

/** Bundles the service and its commands, which tests start as their users do. */
export default function setup(): void {
	execFileSync(process.execPath, [projectPath("src", "build.mjs")], { stdio: ["ignore", "ignore", "inherit"] });
}

import { expect, test } from "vitest";
import { hasLostSight, nobody, type Viewer } from "../../src/access/viewer.ts";

const owner: Viewer = { ...nobody, customerRoles: [{ customer: "north", role: "OWNER" }], providedOfferings: ["compute"] };
const member: Viewer = { ...nobody, projectRoles: [{ project: "n1", role: "MEMBER" }] };
const staff: Viewer = { ...nobody, isStaff: true };
const support: Viewer = { ...nobody, isSupport: true };

test.each([
	["a role at a customer", owner, { ...owner, customerRoles: [] }, true],
	["a role at a customer for another", owner, { ...owner, customerRoles: [{ customer: "north", role: "READER" }] as const }, true],
	["a role in a project", member, nobody, true],
	["an offering that is provided", owner, { ...owner, providedOfferings: [] }, true],
	["an offering that is managed", { ...nobody, managedOfferings: ["compute"] }, nobody, true],
	["staff's sight", staff, owner, true],
	["staff's sight of removed projects", staff, support, true],
	["support's sight", support, owner, true],
	["nothing", owner, owner, false],
	["nothing, and won a role", owner, { ...owner, projectRoles: member.projectRoles }, false],
	["a role, being staff now", owner, staff, false],
	["support for staff", support, staff, false],
])("who loses %s", (_what, before, now, isLost) => {
	expect(hasLostSight(before, now)).toBe(isLost);
});

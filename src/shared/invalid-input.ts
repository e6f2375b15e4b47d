/** An argument that no caller may send, in any role: sent to the client with the code BAD_USER_INPUT. */
export class InvalidInput extends Error {
	override readonly name = "InvalidInput";
}

/** An argument that no caller may send, whoever they are: told to the client with the code BAD_USER_INPUT. */
export class InvalidInput extends Error {
	override readonly name = "InvalidInput";
}

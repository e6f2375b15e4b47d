/** An optional value as clients give it: absent and null both mean that it is not given. */
export type Maybe<Value> = Value | null | undefined;

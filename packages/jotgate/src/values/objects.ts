/** A JSON object whose members have not been checked. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Whether a value is an object with members: not null, not an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A member by its own name only: `constructor` and `__proto__` are inherited, and nobody wrote them. */
export function ownMember<Value>(
  object: Readonly<Record<string, Value>>,
  name: string,
): Value | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

/** The members that are not undefined: for functions that tell an omitted option from an undefined one. */
export function definedOf<Values extends object>(
  values: Values,
): { [Name in keyof Values]?: Exclude<Values[Name], undefined> } {
  const defined = Object.entries(values).filter(([, value]) => value !== undefined)
  return Object.fromEntries(defined) as {
    [Name in keyof Values]?: Exclude<Values[Name], undefined>
  }
}

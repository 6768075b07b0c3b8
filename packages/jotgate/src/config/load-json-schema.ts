import type { JsonSchema } from './json-schema.ts'

/** Gives the file's schema for editors; loaded when asked for, since it brings zod. */
export async function loadConfigJsonSchema(): Promise<JsonSchema> {
  const { configJsonSchema } = await import('./json-schema.ts')
  return configJsonSchema()
}

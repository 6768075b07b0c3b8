import { messageForm } from '../../errors/index.ts'

/** What a code of the gateway means, and what to do; undefined for a code that it does not have. */
export async function gatewayHints(
  code: string,
): Promise<{ title: string; hint: string } | undefined> {
  // The gateway is loaded for its catalogue alone, and only when it has answered with an error.
  const { gatewayErrors } = await import('../../gateway/index.ts')
  const found = Object.values(gatewayErrors).find((one) => one.code === code)
  if (found === undefined) return undefined
  return {
    title: messageForm(found.definition).replaceAll(/\s+/g, ' '),
    hint: found.definition.hint,
  }
}

// What a guide shows as a configuration file, or as the member `gateway` of one, is one.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { isObject } from '../values/index.ts'
import { parseConfig } from './read-config.ts'

const guides = join(import.meta.dirname, '../../../../docs/guides')

/** The blocks of a guide that are whole: with deployments, or a gateway that says where it is. */
function configsIn(name: string): [name: string, text: string][] {
  const page = readFileSync(join(guides, name), 'utf8')
  return [...page.matchAll(/^```json\n(.*?)^```$/gms)].flatMap(([, block = '']) => {
    const text = block.startsWith('{') ? block : `{${block}}`
    const shown: unknown = JSON.parse(text)
    if (!isObject(shown)) return []
    const { deployments = {}, gateway } = shown
    const isWhole = isObject(gateway) && ('identify' in gateway || 'sites' in gateway)
    if (shown.deployments === undefined && !isWhole) return []
    return [[name, JSON.stringify({ ...shown, deployments })]]
  })
}

const configs = readdirSync(guides)
  .filter((name) => name.endsWith('.md'))
  .flatMap(configsIn)

it('there are some, and one with several sites', () => {
  expect(configs.length).toBeGreaterThan(3)
  expect(configs.filter(([, text]) => text.includes('"sites"'))).not.toEqual([])
})

it.each(configs)('%s: %s', async (name, text) => {
  await expect(parseConfig(text, name)).resolves.toBeDefined()
})

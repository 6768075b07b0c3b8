import { readdir, readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { expect, it } from 'vitest'
import { toGatewayCode } from './gateway-code.ts'

const folder = new URL('copy/', import.meta.url)
const ofCloud = (await readdir(folder)).filter((name) => !['hub.ts', 'mashup.ts'].includes(name))

it.each(ofCloud)('%s goes through a gateway, and is a whole script still', async (name) => {
  const direct = await readFile(new URL(name, folder), 'utf8')
  const code = toGatewayCode(direct)
  expect(code.match(/mode: 'gateway',/g)).toHaveLength(1)
  expect(code.match(/fetch\('\/assertion'/g)).toHaveLength(1)
  expect(code).not.toMatch(/'direct'|web-?integration|'\/token'/i)
  expect(() => stripTypeScriptTypes(code)).not.toThrow()
  // Nothing else was lost: the line of the web integration, and those of the longer `assertion`.
  const lost = direct
    .split('\n')
    .filter((line) => !code.includes(line.replace(', webIntegrationId', '')))
  for (const line of lost) expect(line).toMatch(/'direct'|token:|web-?integration/i)
})

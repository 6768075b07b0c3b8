import { readdir, readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { expect, it } from 'vitest'
import { toGatewayCode } from './gateway-code.ts'

const folder = new URL('copy/', import.meta.url)
it.each(await readdir(folder))(
  '%s goes through a gateway, and is a whole script still',
  async (name) => {
    const direct = await readFile(new URL(name, folder), 'utf8')
    const code = toGatewayCode(direct)
    expect(code.match(/mode: 'gateway',/g)).toHaveLength(1)
    const ofServer = direct.includes('client-managed') ? '/client-managed' : ''
    expect(code.split(`fetch('/assertion${ofServer}'`)).toHaveLength(2)
    expect(code).not.toMatch(/'direct'|web-?integration|'\/token|product:|hubUrl/i)
    expect(() => stripTypeScriptTypes(code)).not.toThrow()
    // Nothing else was lost: what names Qlik, and the line of the longer `assertion`.
    const lost = direct
      .split('\n')
      .filter((line) => !code.includes(line.replace(', webIntegrationId', '')))
    for (const line of lost)
      expect(line).toMatch(/'direct'|token:|web-?integration|product:|^ {2}prefix|hubUrl/i)
  },
)

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readAppFile } from './app-file.ts'
import { isDataError } from './data-error.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jotgate-engine-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

describe('reading an app from a file', () => {
  it('takes name and ID from the base name, and numbers from what looks like one', async () => {
    const app = await readAppFile(
      await write('Sales 2025.csv', '\uFEFFRegion,Sales\nNord,10\nSüd,2.5e1\nOst,n/a\nWest,\n'),
    )
    expect(app).toMatchObject({ id: 'sales-2025', name: 'Sales 2025' })
    expect(app.table.fields.map((field) => field.name)).toEqual(['Region', 'Sales'])
    expect(app.table.field('Sales')?.values).toEqual([
      { text: '10', number: 10 },
      { text: '2.5e1', number: 25 },
      { text: 'n/a', number: Number.NaN },
      { text: '', number: Number.NaN },
    ])
  })

  it('keeps the types of JSON, and takes null and absent keys for missing', async () => {
    const rows = [{ a: '7', b: 1 }, { a: 7, b: null }, { c: true }]
    const app = await readAppFile(await write('rows.json', JSON.stringify(rows)))
    const elements = app.table.fields.map((field) => [...field.elements])
    expect(elements).toEqual([
      [0, 1, -1],
      [0, -1, -1],
      [-1, -1, 0],
    ])
    expect(app.table.field('a')?.values).toEqual([
      { text: '7', number: Number.NaN },
      { text: '7', number: 7 },
    ])
  })

  it('puts the section access of a second file on it, and refuses one about other fields', async () => {
    const data = await write('cities.csv', 'City,Region\nUlm,Süd\nKiel,Nord\n')
    const access = await write('cities.access.csv', 'ACCESS,GROUP,REGION\nUSER,south,Süd\n')
    const app = await readAppFile(data, { sectionAccessFile: access })
    expect(app.sectionAccess?.reductionFields).toEqual(['REGION'])
    const wrong = await write('wrong.csv', 'ACCESS,GROUP,COUNTRY\nUSER,south,DE\n')
    await expect(readAppFile(data, { sectionAccessFile: wrong })).rejects.toThrow(
      'wrong.csv:1: COUNTRY is not a field of cities. The fields of cities: City, Region.',
    )
  })

  const latin1 = Uint8Array.from([...Buffer.from('a,b\n1,2\nK'), 0xf6, ...Buffer.from('ln,3\n')])
  const utf16 = Uint8Array.from([0xff, 0xfe, 0x61, 0x00])
  it.each<[string, string | Uint8Array, string]>([
    ['latin1.csv', latin1, 'latin1.csv:3: it is not UTF-8; Windows-1252 or Latin-1 perhaps'],
    ['utf16.csv', utf16, 'utf16.csv: it is UTF-16. Save it as UTF-8.'],
    ['zero.csv', 'a,b\n1,\0\n', 'zero.csv:2: it holds zero bytes'],
    ['empty.csv', '', 'empty.csv: it is empty'],
    ['header.csv', 'a,b\n', 'header.csv: it has no rows'],
    ['unnamed.csv', 'a,,c\n1,2,3\n', 'unnamed.csv:1: field 2 has no name'],
    ['twice.csv', 'a,b,a\n1,2,3\n', 'twice.csv:1: the field "a" stands twice'],
    ['semicolons.csv', 'a;b\n1;2\n', 'semicolons.csv:1: its first line has no comma'],
    ['broken.json', '[{"a":1},\n{"a":}]', 'broken.json:2: it is not JSON'],
    ['object.json', '{"a":1}', 'object.json: it is JSON, but no array'],
    ['scalar.json', '[{"a":1},2]', 'scalar.json: row 2 is not an object'],
    ['nested.json', '[{"a":{}}]', 'nested.json: row 1 has an object or array in "a"'],
    ['data.xlsx', 'PK', 'an app cannot be read from ".xlsx"'],
    ['…….csv', 'a,b\n1,2\n', 'no app ID can be made of the name'],
  ])('refuses %s with the reason and what to do', async (name, content, message) => {
    const error = await readAppFile(await write(name, content)).catch((caught) => caught)
    expect(isDataError(error)).toBe(true)
    expect(error.message).toContain(message)
    expect(error.details.hint).toMatch(/\.$/)
  })

  it('says that a file is not there', async () => {
    const missing = readAppFile(join(folder, 'nothing.csv'))
    await expect(missing).rejects.toThrow('nothing.csv: there is no such file')
  })
})

import { describe, expect, it } from 'vitest'
import type { BatchRow } from './batch-row.ts'
import { readRows } from './rows.ts'

/** The text in pieces of every size, as a stream may bring it. */
async function* inPieces(text: string, size: number): AsyncIterable<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const read = async (text: string, { name = '-', size = 3 } = {}) => {
  const rows: BatchRow[] = []
  for await (const row of readRows(inPieces(text, size), { name })) rows.push(row)
  return rows
}

describe('a batch in CSV', () => {
  const text =
    '\uFEFFsubject,name,email,groups,department\r\n42,"Ada, Countess",ada@acme.example,sales;press,"R""D"\r\n43,Żółw,z@acme.example,,\n'

  it.each([1, 2, 3, 7, 1000])('gives its users, in pieces of %i bytes', async (size) => {
    expect(await read(text, { size })).toEqual([
      {
        line: 2,
        user: {
          subject: '42',
          name: 'Ada, Countess',
          email: 'ada@acme.example',
          groups: ['sales', 'press'],
          attributes: { department: 'R"D' },
        },
      },
      { line: 3, user: { subject: '43', name: 'Żółw', email: 'z@acme.example' } },
    ])
  })

  it('knows columns by what people call them', async () => {
    expect(await read('User ID,User_Directory,email-verified\nada,ACME,TRUE\n')).toEqual([
      { line: 2, user: { subject: 'ada', directory: 'ACME', emailVerified: true } },
    ])
  })

  it('counts lines across cells with line breaks, and passes over empty ones', async () => {
    expect(await read('subject,name\n1,"a\nb"\n\n2,c')).toEqual([
      { line: 2, user: { subject: '1', name: 'a\nb' } },
      { line: 5, user: { subject: '2', name: 'c' } },
    ])
  })

  it.each([
    ['1', 'has 1 cells, and the first line has 2'],
    ['1,2,3', 'has 3 cells, and the first line has 2'],
    ['1,a"b', 'has a quote inside a cell that does not begin with one'],
    ['1,"a"b', 'has text behind a closing quote'],
    ['1,"a', 'has a quote that is never closed'],
    ['1\r2,a', 'has a carriage return that ends no line; lines end by LF or CRLF'],
  ])('says what is wrong with %j and goes on', async (row, problem) => {
    expect((await read(`subject,name\n${row}`)).at(-1)).toEqual({ line: 2, problem })
  })

  it.each([
    ['subject,name,Subject\n1,a,2', /two columns for subject: subject and Subject$/],
    ['userid,sub,name\n1,2,a', /two columns for subject: userid and sub$/],
    ['subject,dept,dept\n1,a,b', /two columns for the same attribute: dept and dept$/],
    ['subjct,name\n1,a', /no column for the subject: .*; did you mean subject by subjct\?$/],
    ['42,Ada,ada@acme.example', /no column for the subject: its first line must name/],
    ['subject;name;email\n1;a;b', /separates its columns by semicolons; use commas$/],
    ['subject\tname\n1\ta', /separates its columns by tabs/],
    ['subject,"name"x\n1,a', /has text behind a closing quote \(line 1\)$/],
    ['[{"subject":"1"}]', /is a JSON array, and a batch has one object a line/],
  ])('trusts no row below the first line of %j', async (text, message) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'ERR_CLI_INPUT', message })
  })

  it('says which column was probably meant, where one means nothing', async () => {
    expect(await read('subject,emial_verified,dep\n1,true,x')).toEqual([
      {
        line: 2,
        user: { subject: '1', attributes: { emial_verified: 'true', dep: 'x' } },
        meantColumns: { emial_verified: 'emailVerified' },
      },
    ])
  })

  it('takes no name for one in other bytes than UTF-8, and goes on', async () => {
    const rows: BatchRow[] = []
    const text = Buffer.from('subject,name\n1,Zo\xeb\n2,Bo\n', 'latin1')
    const source = (async function* () {
      yield text
    })()
    for await (const row of readRows(source, { name: '-' })) rows.push(row)
    expect(rows).toEqual([
      { line: 2, problem: expect.stringMatching(/^is not UTF-8; /) },
      { line: 3, user: { subject: '2', name: 'Bo' } },
    ])
  })

  it('holds no row of more than 1 MiB, and goes on behind it', async () => {
    const long = 'x'.repeat(1_048_576)
    expect(await read(`subject,name\n1,"${long}"\n2,b`, { size: 65_536 })).toEqual([
      { line: 2, problem: 'is longer than 1 MiB' },
      { line: 3, user: { subject: '2', name: 'b' } },
    ])
  })

  it('loses no other row to quotes that stand wrong in one', async () => {
    expect(await read('subject,name\n1,"a"b"c\n2,d\n3,"e"\n')).toEqual([
      { line: 2, problem: 'has text behind a closing quote' },
      { line: 3, user: { subject: '2', name: 'd' } },
      { line: 4, user: { subject: '3', name: 'e' } },
    ])
  })

  it('refuses lines that end by carriage returns alone: all of them would be its first', async () => {
    await expect(read('subject,name\r42,Ada\r', { name: 'mac.csv' })).rejects.toMatchObject({
      code: 'ERR_CLI_INPUT',
      message: 'mac.csv has a carriage return that ends no line; lines end by LF or CRLF (line 1)',
    })
  })

  it.each(['\r\n', '\r\r\n'])('takes %j for the end of a line', async (end) => {
    const rows = [{ line: 2, user: { subject: '1', name: 'a' } }]
    expect(await read(`subject,name${end}1,"a"${end}`)).toEqual(rows)
    expect(await read(`subject,name${end}1,a\r`)).toEqual(rows)
  })

  it('takes no guess for a truth value', async () => {
    expect(await read('subject,emailVerified\n1,maybe')).toEqual([
      { line: 2, problem: 'must have true or false in emailVerified' },
    ])
  })
})

describe('a batch in JSON lines', () => {
  it('gives its users', async () => {
    expect(await read('{"subject":"1","groups":["a"]}\n\n{"subject":"2"}')).toEqual([
      { line: 1, user: { subject: '1', groups: ['a'] } },
      { line: 3, user: { subject: '2' } },
    ])
  })

  it('says what is wrong with a line, without its text, and goes on', async () => {
    expect(await read('{"subject":"1"}\n{SECRET\n[1]\n{"sbuject":"3"}\n')).toEqual([
      { line: 1, user: { subject: '1' } },
      { line: 2, problem: 'is not JSON' },
      { line: 3, problem: 'must contain a JSON object' },
      { line: 4, problem: 'has a member sbuject that is unknown; did you mean subject?' },
    ])
  })

  it('takes nobody for another person by a name that occurs twice', async () => {
    const lines = [
      '{"subject":"1","\\u0073ubject":"2"}',
      '{"subject":"1","attributes":{"a":"SECRET","a":"b"}}',
      '{"subject":"1","attributes":{"<SECRET>":1,"<SECRET>":2}}',
      '{"subject":"1","attributes":{"__proto__":{}}}',
      '{"subject":"1","groups":["subject","subject"]}',
    ]
    expect(await read(lines.join('\n'))).toEqual([
      { line: 1, problem: 'has a mistake in subject: occurs twice' },
      { line: 2, problem: 'has a mistake in attributes.a: occurs twice' },
      { line: 3, problem: 'has a name that occurs twice in one object' },
      { line: 4, problem: 'has a mistake in attributes.__proto__: cannot be a name' },
      { line: 5, user: { subject: '1', groups: ['subject', 'subject'] } },
    ])
  })

  it('holds no line of more than 1 MiB, and goes on behind it', async () => {
    const long = `{"subject":"${'x'.repeat(1_048_576)}"}`
    expect(await read(`${long}\n{"subject":"2"}\n${long}`, { size: 65_536 })).toEqual([
      { line: 1, problem: 'is longer than 1 MiB' },
      { line: 2, user: { subject: '2' } },
      { line: 3, problem: 'is longer than 1 MiB' },
    ])
  })

  it('is empty when there is nothing', async () => {
    expect(await read(' \n\n')).toEqual([])
  })
})

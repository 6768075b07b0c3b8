import { createHmac } from 'node:crypto'
import { appendFile, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { auditFolder, eventsOf, linesOf } from './audit-folder.fixture.ts'
import { watchedDisk } from './disks.fixture.ts'
import { readAnchors } from './earlier-boots.ts'
import { verifyAuditLog } from './verify-audit-log.ts'

// A shorter log has too few files.
const scale = Math.max(1, Number(process.env.JOTGATE_TEST_SCALE ?? 1))
const lineCount = Math.max(60, Math.round(500 * scale))

/** A log of three boots, in files of about 50 lines; the last boot runs. */
async function finishedLog(count = lineCount) {
  const { folder, key, store, open } = await auditFolder()
  let at = Date.UTC(2026, 10, 28)
  const clock = () => {
    at += 1
    return at
  }
  for (let boot = 0; boot < 3; boot += 1) {
    at += 60_000
    const log = await open({ clock, limits: { maxFileBytes: 10_000 } })
    const lines = Array.from({ length: Math.ceil(count / 3) }, (_, index) => `${boot}-${index}`)
    for (let from = 0; from < lines.length; from += 10)
      await Promise.all(
        lines.slice(from, from + 10).map((subject) => log.record({ event: 'enter', subject })),
      )
    await log.close()
  }
  const files = (await readdir(folder)).sort()
  const anchors = (await readAnchors(store)).map(({ place }) => place)
  const verify = (more: Partial<Parameters<typeof verifyAuditLog>[0]> = {}) =>
    verifyAuditLog({ folder, key, anchors, ...more })
  return { folder, key, open, files, anchors, verify }
}

/** Changes the lines of one file while `then` runs, and puts them back. */
async function whileChanged<Result>(
  path: string,
  change: (lines: string[]) => string[],
  then: () => Promise<Result>,
): Promise<Result> {
  const before = await readFile(path, 'utf8')
  const lines = change(before.split('\n').slice(0, -1))
  await writeFile(path, lines.map((line) => `${line}\n`).join(''))
  try {
    return await then()
  } finally {
    await writeFile(path, before)
  }
}

const swapped = (lines: string[], a: number, b: number) => {
  const [one = '', other = ''] = [lines[a], lines[b]]
  return lines.with(a, other).with(b, one)
}

describe('the verification of an audit log', () => {
  it('says that a whole log is whole, and where it ends', async () => {
    const { verify, files, folder, anchors } = await finishedLog()
    const result = await verify()
    expect(result).toMatchObject({ findings: [], furtherFindings: 0, notes: [], boots: 3 })
    expect(result.files).toBe(files.length)
    expect(files.length).toBeGreaterThan(5)
    const all = (await Promise.all(files.map((file) => linesOf(folder, file)))).flat()
    expect(result.lines).toBe(all.length)
    const [anchor] = anchors
    expect(result.head).toBe(`${anchor?.file}:${anchor?.seq}:${anchor?.mac}`)
    expect(await verify({ anchors: [], heads: [String(result.head)] })).toEqual(result)
  })

  it('G-S10 finds each line that was removed, changed, swapped or inserted, at its place', async () => {
    const { verify, files, folder } = await finishedLog()
    const change = fc.constantFrom('remove', 'change', 'swap', 'copy', 'mac', 'break', 'join')
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.nat(),
        fc.nat(),
        change,
        async (atFile, atLine, atOther, how) => {
          const file = files[atFile % files.length] ?? ''
          const found = await whileChanged(
            join(folder, file),
            (lines) => {
              const at = atLine % lines.length
              const other = (at + 1 + (atOther % (lines.length - 1))) % lines.length
              const line = lines[at] ?? ''
              const byte = atOther % line.length
              const flipped = String.fromCharCode(line.charCodeAt(byte) ^ 1)
              if (how === 'remove') return lines.toSpliced(at, 1)
              if (how === 'swap') return swapped(lines, at, other)
              if (how === 'copy') return lines.toSpliced(other, 0, line)
              if (how === 'break')
                return lines.with(at, `${line.slice(0, byte)}\n${line.slice(byte)}`)
              if (how === 'join') return lines.toSpliced(at, 2, `${line}${lines[at + 1] ?? '{}'}`)
              if (how === 'mac') return lines.with(at, line.replace(/"mac":"...../, '"mac":"AAAAA'))
              return lines.with(at, line.slice(0, byte) + flipped + line.slice(byte + 1))
            },
            verify,
          )
          expect(found.findings.length).toBeGreaterThan(0)
          expect(found.findings.every((one) => one.file === file)).toBe(true)
        },
      ),
    )
    expect((await verify()).findings).toEqual([])
  })

  it('G-S10 finds each single line that is removed, changed, or swapped with the next one', async () => {
    const { verify, files, folder } = await finishedLog(60)
    for (const file of files) {
      const { length } = await linesOf(folder, file)
      for (let at = 0; at < length; at += 1)
        for (const change of [
          (lines: string[]) => lines.toSpliced(at, 1),
          (lines: string[]) => lines.with(at, (lines[at] ?? '').replace('2026', '2025')),
          (lines: string[]) => swapped(lines, at, at + 1 < lines.length ? at + 1 : 0),
        ]) {
          const { findings } = await whileChanged(join(folder, file), change, verify)
          const places = findings.map((one) => one.line)
          // The last line of a file is missed by what names it from outside.
          expect(places.includes(at + 1) || places.includes(0), `${file}:${at}`).toBe(true)
        }
    }
  })

  it('says at its place what is wrong with a line', async () => {
    const { verify, files, folder } = await finishedLog(90)
    const [file = ''] = files
    const path = join(folder, file)
    const problems = async (change: (lines: string[]) => string[]) =>
      (await whileChanged(path, change, verify)).findings.map(
        ({ line, problem }) => `${line} ${problem}`,
      )
    expect(await problems((lines) => lines.toSpliced(4, 3))).toEqual([
      '5 has the number 8 and stands behind 4: 3 lines before it missing',
    ])
    expect(await problems((lines) => lines.with(4, (lines[4] ?? '').replace('0-', '9-')))).toEqual([
      expect.stringMatching(/^5 was changed/),
    ])
    expect((await problems((lines) => swapped(lines, 4, 5)))[1]).toMatch(
      /^6 has the number 5 and stands behind 6: swapped/,
    )
    expect(await problems((lines) => lines.toSpliced(4, 0, 'hello'))).toEqual([
      '5 is not a line of the log',
    ])
    expect((await problems((lines) => lines.slice(1)))[0]).toMatch(/^1 is not the first line/)
  })

  it('finds a file that is missing, renamed, emptied, copied, or of another folder', async () => {
    const { verify, files, folder } = await finishedLog(300)
    for (const [index, file] of files.entries()) {
      const path = join(folder, file)
      const content = await readFile(path)
      await rm(path)
      const missing = expect.objectContaining({
        file,
        line: 0,
        problem: expect.stringMatching(/is missing/),
      })
      expect((await verify()).findings).toEqual([missing])
      await writeFile(path, '')
      expect(await verify()).toMatchObject({
        findings: [{ file }],
        notes: [{ file, problem: 'is empty' }],
      })
      await writeFile(path, content)
      const next = file.replace(/\d{4}\.jsonl/, '9999.jsonl')
      await writeFile(join(folder, next), content)
      expect((await verify()).findings[0]).toMatchObject({ file: next, line: 1 })
      await rm(path)
      expect((await verify()).findings[0]).toMatchObject({ file: next, line: 1 })
      await rename(join(folder, next), path)
      const another = files[(index + 1) % files.length] ?? ''
      await writeFile(path, await readFile(join(folder, another)))
      expect((await verify()).findings.length).toBeGreaterThan(0)
      await writeFile(path, content)
    }
    expect((await verify()).findings).toEqual([])
  })

  it('finds a tail that was cut off, up to the last anchor or head, and tells a torn line apart', async () => {
    const { verify, files, folder } = await finishedLog()
    const file = files.at(-1) ?? ''
    const path = join(folder, file)
    const content = await readFile(path, 'utf8')
    for (const cut of [1, 2, 60, 300, content.length - 5]) {
      await truncate(path, content.length - cut)
      const { findings, notes } = await verify()
      expect(findings).toMatchObject([{ file, line: 0, problem: /cut off.*anchor in the store/ }])
      const isTorn = !content.slice(0, -cut).endsWith('\n')
      expect(notes.map(({ problem }) => problem)).toEqual(
        isTorn ? [expect.stringMatching(/^is torn/)] : [],
      )
      await writeFile(path, content)
    }
    // Nothing outside names these lines.
    await truncate(path, content.length - 60)
    expect(await verify({ anchors: [] })).toMatchObject({ findings: [], notes: [{ file }] })
    await writeFile(path, content)
    await appendFile(path, '{"seq":999,"ti')
    expect(await verify()).toMatchObject({
      findings: [],
      notes: [{ file, problem: 'is torn: 14 bytes of a line that was never finished' }],
    })
  })

  it('finds that all files are gone, and that a folder has none', async () => {
    const { verify, files, folder } = await finishedLog(30)
    for (const file of files) await rm(join(folder, file))
    expect((await verify()).findings).toMatchObject([{ problem: /is missing: the anchor/ }])
    const code = 'ERR_GATEWAY_AUDIT_UNREADABLE'
    await expect(verify({ anchors: [] })).rejects.toMatchObject({ code, message: /has no file/ })
    await expect(verify({ folder: join(folder, 'none') })).rejects.toMatchObject({ code })
  })

  it('does not look for older files when they were moved away', async () => {
    const { verify, files, folder } = await finishedLog()
    const [first = '', second = ''] = files
    await rm(join(folder, first))
    expect((await verify()).findings).toHaveLength(1)
    expect((await verify({ from: second })).findings).toEqual([])
    await rm(join(folder, second))
    expect((await verify({ from: second })).findings).toMatchObject([{ file: second }])
    await expect(verify({ from: '../a' })).rejects.toMatchObject({ code: 'ERR_GATEWAY_OPTION' })
    await expect(verify({ heads: ['a'] })).rejects.toMatchObject({ code: 'ERR_GATEWAY_OPTION' })
  })

  it('finds a log of another key, and lines that were sealed with a key that somebody guessed', async () => {
    const { verify, files, folder, key } = await finishedLog(30)
    const { findings } = await verify({ key: Buffer.alloc(32) })
    expect(findings.length).toBeGreaterThan(30)
    const [file = ''] = files
    const forged = await whileChanged(
      join(folder, file),
      (lines) => {
        const before = JSON.parse(lines[2] ?? '') as { mac: string }
        const body = '{"seq":4,"time":"2026-11-28T00:00:00.000Z","event":"enter","subject":"eve"'
        const mac = createHmac('sha256', key)
          .update(Buffer.from(before.mac, 'base64url'))
          .update(body)
          .digest('base64url')
        return lines.with(3, `${body},"mac":"${mac}"}`)
      },
      verify,
    )
    expect(forged.findings).toMatchObject([{ line: 4 }, { line: 5 }])
  })

  it('is content with what failing disks leave behind', async () => {
    const { open, folder, key, store } = await auditFolder()
    const disk = watchedDisk()
    disk.keepsTorn = true
    const log = await open({ disk, limits: { retryMs: 5 } })
    for (const fault of ['append', 'sync', 'append'] as const) {
      await log.record({ event: 'enter', subject: 'before' })
      disk.fault = fault
      await expect(log.record({ event: 'enter', subject: 'lost' })).rejects.toThrow('ENOSPC')
      disk.fault = 'none'
      await expect.poll(() => log.healthy).toBe(true)
    }
    await log.record({ event: 'enter', subject: 'after' })
    await log.close()
    const anchors = (await readAnchors(store)).map(({ place }) => place)
    const result = await verifyAuditLog({ folder, key, anchors })
    expect(result.findings).toEqual([])
    expect(result.notes.map(({ problem }) => problem.split(' ').slice(0, 4).join(' '))).toEqual(
      expect.arrayContaining([expect.stringMatching(/^is torn/), expect.stringMatching(/^1 line/)]),
    )
    const last = (await readdir(folder)).sort().at(-1) ?? ''
    expect((await eventsOf(folder, last)).map(({ subject }) => subject)).toContain('after')
  })

  it('tells its progress, stops when it is told to, and keeps a bounded number of findings', async () => {
    const { verify, files, folder } = await finishedLog(1500)
    const seen: [number, number][] = []
    await verify({ onProgress: (bytes, total) => seen.push([bytes, total]) })
    const [bytes, total] = seen.at(-1) ?? []
    expect(bytes).toBe(total)
    expect(seen.length).toBeGreaterThanOrEqual(files.length)
    await expect(verify({ signal: AbortSignal.abort() })).rejects.toThrow(/abort/i)
    const { findings, furtherFindings } = await verify({ key: Buffer.alloc(32, 1) })
    expect(findings).toHaveLength(1000)
    expect(furtherFindings).toBeGreaterThan(400)
    await writeFile(join(folder, files[0] ?? ''), 'x'.repeat(3_000_000))
    expect((await verify()).notes).toMatchObject([{ line: 1 }])
  })
})

import { describe, expect, it } from 'vitest'
import { parseQlikProblem } from './error-envelope.ts'
import { redact } from './redact.ts'

describe('the envelope of an error', () => {
  it('is read: the first error and the trace ID', () => {
    const text = JSON.stringify({
      errors: [{ code: 'AUTH-1', title: 'Unauthorized', status: '401' }, { code: 'AUTH-2' }],
      traceId: '0000000000000000aa',
    })
    expect(parseQlikProblem(text, [])).toEqual({
      code: 'AUTH-1',
      title: 'Unauthorized',
      traceId: '0000000000000000aa',
    })
  })

  it.each([
    '',
    '<html>',
    '[]',
    '{}',
    '{"errors":{}}',
    '{"errors":[null]}',
    '{"errors":[{"code":5,"title":" "}],"traceId":"<script>"}',
  ])('is empty for %s', (text) => {
    expect(parseQlikProblem(text, [])).toEqual({})
  })

  it('may be plain text or a page, as client-managed Qlik answers', () => {
    const text = 'XSRF prevention check failed. Possible XSRF discovered.'
    expect(parseQlikProblem(text, [])).toEqual({ detail: text })
    const page =
      '<!DOCTYPE html>\n<html><head><title>Qlik</title><style>b{}</style></head><body><!-- <p>no</p> --><p>The http\n request header is <b>incorrect</b>.</p><script>let a="<p>"</script></body></html>'
    expect(parseQlikProblem(page, [])).toEqual({
      detail: 'The http request header is incorrect .',
    })
  })

  it('is read from a page of any form in a time that its length bounds', () => {
    for (const part of ['<style>', '<', '<!--', '<p', '&amp;', '</style'])
      parseQlikProblem(`<html>${part.repeat(40_000)}`, [])
  }, 2000)

  it('repeats no secret that it was sent', () => {
    const text = JSON.stringify({
      errors: [{ code: 'X', detail: 'the key secret-0123456789 is old' }],
    })
    expect(parseQlikProblem(text, ['secret-0123456789'])).toEqual({
      code: 'X',
      detail: 'the key [secret] is old',
    })
  })
})

describe('text of another system', () => {
  it.each([
    [
      'a part of a token alone',
      'bad payload abcdefgh12',
      ['xxxxxxxx.abcdefgh12.zzzzzzzz'],
      'bad payload [secret]',
    ],
    [
      'what looks like a token',
      'got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2ln',
      [],
      'got [secret]',
    ],
    ['line breaks and invisible characters', 'a\r\n\u001b[31m\u202eb', [], 'a [31m b'],
    ['what is too short to be a secret', 'no', ['no'], 'no'],
  ])('loses %s', (_, text, secrets, clean) => {
    expect(redact(text, secrets)).toBe(clean)
  })

  it('is cut off after 300 characters', () => {
    expect(redact('a'.repeat(5000), [])).toHaveLength(300)
  })
})

import { describe, expect, it } from 'vitest'
import { receiveCookies, toCookieHeader } from './cookies.ts'

const receive = (lines: string[], before?: ReadonlyMap<string, string>) => {
  const headers = new Headers()
  for (const line of lines) headers.append('set-cookie', line)
  return receiveCookies(headers, before)
}

describe('the cookies of an answer', () => {
  it('are read line by line: an expiry date holds a comma', () => {
    const cookies = receive([
      'AWSALB=a/b+c==; Expires=Tue, 05 Jan 2077 08:00:00 GMT; Path=/',
      'AWSALBCORS=a/b+c==; Expires=Tue, 05 Jan 2077 08:00:00 GMT; Path=/; SameSite=None; Secure',
      'eas.sid=s3cr3t; path=/; secure; httponly',
      'eas.sid.sig=GRB6I2_-; path=/; secure; httponly',
      '_csrfToken="quoted"',
    ])
    expect(toCookieHeader(cookies)).toBe(
      'AWSALB=a/b+c==; AWSALBCORS=a/b+c==; eas.sid=s3cr3t; eas.sid.sig=GRB6I2_-; _csrfToken="quoted"',
    )
  })

  it('take the place of those of the same name, and go when they are deleted', () => {
    const before = receive(['a=1', 'b=2', 'c=3', 'd=4', 'e=5'])
    const after = receive(
      [
        'a=9',
        'b=; Path=/',
        'c=x; Max-Age=0',
        'd=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
        'e=6; Max-Age=600; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
      ],
      before,
    )
    expect(toCookieHeader(after)).toBe('a=9; e=6')
    expect(toCookieHeader(before)).toBe('a=1; b=2; c=3; d=4; e=5')
  })

  it('are omitted when they break the grammar, so that none can contain another', () => {
    const wrong = ['novalue', '=a', 'a b=c', 'a=b c', 'a=b,c', 'a="b', 'ä=1', 'a=ä', 'a=b\\c']
    expect(toCookieHeader(receive([...wrong, 'good=1']))).toBe('good=1')
    expect(receive([`long=${'a'.repeat(4096)}`]).size).toBe(0)
  })

  it('are at most fifty', () => {
    const lines = Array.from({ length: 60 }, (_, index) => `c${index}=1`)
    expect(receive(lines).size).toBe(50)
  })
})

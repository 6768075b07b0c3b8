import { describe, expect, it } from 'vitest'
import { fillPage } from './fill-page.ts'

const page = `<link href="/assets/a.css"><script type="application/json" id="page-data">{}</script>
<script type="module" src="/assets/a.js"></script>`

describe('a built page, filled in', () => {
  it('finds its parts below the path where it stands', () => {
    expect(fillPage(page, { base: '/jwt', data: {} })).toContain('src="/jwt/assets/a.js"')
    expect(fillPage(page, { base: '', data: {} })).toContain('href="/assets/a.css"')
  })

  it('gets what the server says, and a name cannot leave the element', () => {
    const data = { name: '</script><script>alert(1)</script> $& $1' }
    const filled = fillPage(page, { base: '', data })
    expect(filled.match(/<script/g)).toHaveLength(2)
    const json = /id="page-data">(.*?)<\/script>/s.exec(filled)?.[1] ?? ''
    expect(JSON.parse(json)).toEqual({ base: '', ...data })
  })
})

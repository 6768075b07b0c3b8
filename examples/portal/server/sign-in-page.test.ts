import { describe, expect, it } from 'vitest'
import { renderSignInPage } from './sign-in-page.ts'

const template = '<p><!-- notice --></p><form><!-- to --><ul><!-- people --></ul></form>'
const to = '/rest'
const user = {
  id: 'eve"><script>',
  name: 'Eve <b>$& Adams',
  role: "R'D & more",
  sees: '<!-- notice -->',
  email: 'eve@acme.example',
  subject: 'acme|eve',
  groups: [],
}

describe('the sign-in page', () => {
  it('shows what people are called as text, whatever they are called', async () => {
    const page = await renderSignInPage(template, { users: [user], to })
    expect(page).toContain('Eve &lt;b&gt;$&amp; Adams')
    expect(page).toContain('value="eve&quot;&gt;&lt;script&gt;"')
    expect(page).not.toContain('<script>')
  })

  it('says what stood in the way of the last try', async () => {
    const page = await renderSignInPage(template, {
      users: [],
      to,
      notice: { title: 'Full', hint: 'Wait.' },
    })
    expect(page).toContain('role="alert"')
    expect(page).toContain('Full')
    expect(await renderSignInPage(template, { users: [], to })).not.toContain('alert')
  })

  it('remembers the view that somebody came for', async () => {
    const page = await renderSignInPage(template, { users: [], to: '/rest"' })
    expect(page).toContain('<input type="hidden" name="to" value="/rest&quot;" />')
  })

  it('is refused when its template lost a mark', async () => {
    await expect(renderSignInPage('<ul></ul>', { users: [user], to })).rejects.toThrow(
      /lacks its mark/,
    )
  })
})

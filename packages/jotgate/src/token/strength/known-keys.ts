/**
 * Keys whose private half is published in a standard or a public repository, by their RFC 7638 thumbprint, with the
 * place. Anyone can sign tokens with them.
 *
 * SECURITY: people do use these keys, because they find them when they look for an example.
 */
export const knownKeys: ReadonlyMap<string, string> = new Map([
  ['IsUn6_e04MaShXFIISMp4kG62LWzMIPy_MvSA5pJgX8', 'RFC 7515 appendix A.2'],
  ['NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs', 'RFC 7517 appendix A and RFC 7638 section 3.1'],
  ['9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI', 'RFC 7520 section 3.4'],
  ['Rt-IyDEhXohvTl_ozKQ9YGflXGuDb3uu3QmqN2LoMwM', 'RFC 7520, the key of 4096 bits'],
  ['DelSDncZw4S1N8q-4NaDVOC82MYtGMGvvBFHFN8qG3M', 'RFC 8696'],
  ['7kAUHrvMcGQb8LZmc8vkF6erQ3LmA1ULBaD_mFkOMCs', 'RFC 9216'],
  ['Fa5JHFzFB8yHv0Dk3rGTgtCQPXPr3q8midyfylf8CUU', 'RFC 9500, the key of 2048 bits'],
  ['u88se-xodYvJqpVtfxKIhE6bv2S6Z9hy1ikqIcPciAE', 'RFC 9500, the key of 4096 bits'],
  ['NIYMyBjsDjyBC9P537D6ITzkpD8NtRji9yapEzC66mQ', 'RFC 9635'],
  ['oGDmHqCJ7yzMkWEkrlZVHkvrHIyQwtlDmeq5ForUHeY', 'the example of jwt.io'],
  ['TMWZPLxBB0oRvBbIun4452YAbNbLDI1XJryOUN3wmng', 'the tests of jsonwebtoken'],
  ['h-WwIaCbi9W3pjrPgyYK5cnFh93IA-oALuB380lCwHY', 'the tests of jsonwebtoken'],
  ['qvNZK2MPqKtPb9Cm5lytd0vbsO_ikHf-B7P1h_LMlOM', 'the tests of badkeys'],
  ['hKoe1YKmJxChuUJIUBuWgD3Kc_DtVa-vpjuCNmmDQh8', 'the test vectors of Project Wycheproof'],
  [
    'iKcAGY0Y4nqr_KLiLYLg-6KYEfEn33sXlp-GAXN59oI',
    'the repository ChristofSchwarz/qseok_jwt_tokens',
  ],
  ['5ynDytJ9S2yJT-VK9rxYW5nhk0hNMfcSYj9CZqB0qqE', 'the repository qlikwebisr/jwt-demo'],
  [
    '24yhZt-pjyT0Br-y2ukZJDOEx4233BNpx6jMRIki3XM',
    'the repository QHose/qlik-cloud-jwt-lambda-example',
  ],
  ['_mKxQh5yR-xx08WS_1AKsul_hDZsvdZBB8tz000MM1g', 'the repository Rumeister/qlik-jwt'],
  ['v4HFaKsvactqzLv699uVjwKmlWOmKrebnOjf0IZDqMI', 'the repository Rumeister/qlik-jwt'],
])

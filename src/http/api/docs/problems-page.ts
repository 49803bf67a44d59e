import { problems } from '../../problem-catalogue.ts';

/** The page that the `type` of each problem document points into: what happened, and how to mend it. */
export function problemsPage(): string {
  const entries = Object.entries(problems).map(
    ([code, { status, title, what, mend }]) => `<section id="${code}">
<h2><code>${code}</code> <small>${status}</small></h2>
<p><strong>${escapeHtml(title)}.</strong> ${escapeHtml(what)}</p>
<p>${escapeHtml(mend)}</p>
</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Problems – Muster management API</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
section:target { background: #fff3c4; color: #222; }
small { color: #666; font-weight: normal; }
</style>
</head>
<body>
<h1>Problems</h1>
<p>A refused request is answered with a problem document (<code>application/problem+json</code>). Its
<code>code</code> is one of these and stays the same; its <code>detail</code> says what happened in that case.
The operations are described <a href="/docs">here</a>.</p>
${entries.join('\n')}
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

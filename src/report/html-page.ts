/** The frame of the HTML report: style, script, and a policy under which nothing else may run or be loaded. */
import { encodeBase64 } from "../gotemplate/functions/encoding.ts";
import { escaped } from "./markup.ts";
import { sha256 } from "./sha256.ts";

const style = `
:root{color-scheme:light dark;--page:#fff;--ink:#1b1f24;--soft:#57606a;--line:#d3d9e0;--panel:#f5f7f9;--link:#0757b8;
--good:#116329;--good-back:#dcf5e2;--bad:#a40e26;--bad-back:#ffe3e4;--warn:#7a4b00;--warn-back:#fff1c9;--note:#0a4f9e;--note-back:#dfefff;--off:#4b545e;--off-back:#e8ecf0}
@media (prefers-color-scheme:dark){:root{--page:#0f1318;--ink:#e4e9ee;--soft:#9aa5b1;--line:#323a44;--panel:#181e25;--link:#79b8ff;
--good:#7ee2a0;--good-back:#12351f;--bad:#ff9a9f;--bad-back:#471a20;--warn:#f3c969;--warn-back:#3c2e08;--note:#8fc3ff;--note-back:#12304f;--off:#aeb8c3;--off-back:#272f38}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main,header,footer{max-width:1080px;margin:0 auto;padding:0 20px}
header{padding-top:28px}
h1{font-size:24px;line-height:1.25;margin:0 0 4px}
h2{font-size:19px;margin:36px 0 12px}
h3{font-size:15px;margin:24px 0 8px;font-family:var(--mono);overflow-wrap:anywhere}
h2,h3,.rule{scroll-margin-top:64px}
p{margin:0 0 8px}
header p{margin-bottom:2px}
a{color:var(--link)}
:root{--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
code,pre,.place{font-family:var(--mono);font-size:13px}
code,.place{overflow-wrap:anywhere}
.soft,.place{color:var(--soft)}
.tiles{display:flex;flex-wrap:wrap;gap:10px;margin:18px 0 0;padding:0;list-style:none}
.tiles li{flex:1 1 104px;padding:10px 14px;border:1px solid var(--line);border-radius:8px;background:var(--panel)}
.tiles strong{display:block;font-size:24px;line-height:1.2}
nav{position:sticky;top:0;z-index:1;background:var(--page);border-bottom:1px solid var(--line);margin-top:18px}
nav div{max-width:1080px;margin:0 auto;padding:10px 20px;display:flex;flex-wrap:wrap;gap:8px 16px;align-items:center}
nav label{flex:1 1 260px;display:flex;gap:8px;align-items:center}
input{flex:1;min-width:0;font:inherit;padding:6px 10px;border:1px solid var(--soft);border-radius:6px;background:var(--page);color:inherit}
input:focus-visible,summary:focus-visible,a:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.badge{display:inline-block;padding:0 8px;border-radius:10px;font-size:13px;font-weight:600;white-space:nowrap}
.error,.refused{color:var(--bad);background:var(--bad-back)}
.warning,.unknown{color:var(--warn);background:var(--warn-back)}
.info{color:var(--note);background:var(--note-back)}
.injected{color:var(--good);background:var(--good-back)}
.not-injected,.suppressed,.fixable{color:var(--off);background:var(--off-back)}
.finding{border:1px solid var(--line);border-radius:8px;padding:12px 14px;margin:0 0 12px}
.finding p{overflow-wrap:anywhere}
.finding>:last-child{margin-bottom:0}
.head{display:flex;flex-wrap:wrap;gap:4px 10px;align-items:baseline;margin-bottom:6px}
.head a{margin-left:auto}
pre{margin:0 0 8px;padding:8px 12px;background:var(--panel);border-radius:6px;overflow-x:auto;line-height:1.45}
.gutter{color:var(--soft)}
.carets{color:var(--bad);font-weight:700}
.carets.on-warning{color:var(--warn)}
.carets.on-info{color:var(--note)}
.namespace{border:1px solid var(--line);border-radius:8px;margin:0 0 12px}
.namespace>summary{padding:9px 14px;background:var(--panel);border-radius:8px;font-weight:600}
.namespace[open]>summary{border-radius:8px 8px 0 0}
.namespace ul{margin:0;padding:0;list-style:none}
.workload{border-top:1px solid var(--line);padding:7px 14px}
summary{cursor:pointer;overflow-wrap:anywhere}
summary .badge{margin-left:2px}
.trace{margin:8px 0 6px;padding-left:20px}
.workload .trace ul{padding-left:0}
.trace li{margin:2px 0;overflow-wrap:anywhere}
.trace ul li{display:flex;flex-wrap:wrap;gap:0 10px}
.trace ul li>span:first-child{flex:none;width:1em;text-align:center}
.trace ul li>span:nth-child(2){flex:1 1 220px}
@media (max-width:600px){.trace .place{flex:1 0 100%;padding-left:25px}}
.open{color:var(--good)}
.shut{color:var(--bad)}
.passed{color:var(--soft)}
.remedy{margin:6px 0;overflow-wrap:anywhere}
.rule{border-top:1px solid var(--line);padding:10px 0}
.rule p{white-space:pre-wrap;overflow-wrap:anywhere}
footer{padding:28px 20px;color:var(--soft);font-size:13px}
[hidden]{display:none!important}
@media print{nav{display:none}}
`;

const script = `
(function(){
var box=document.getElementById("filter"),told=document.getElementById("told");
document.querySelector("nav").hidden=false;
var things=[].map.call(document.querySelectorAll("[data-thing]"),function(e){return{e:e,text:null}});
var groups=[].slice.call(document.querySelectorAll("[data-group]"));
var opened=groups.map(function(g){return g.open});
function apply(){
var words=box.value.toLowerCase().split(/\\s+/).filter(Boolean),count=0;
things.forEach(function(t){
if(t.text===null)t.text=(t.e.getAttribute("data-thing")+" "+t.e.textContent).toLowerCase();
var shown=words.every(function(w){return t.text.indexOf(w)>=0});
t.e.hidden=!shown;if(shown)count++});
groups.forEach(function(g,i){
g.hidden=words.length>0&&!g.querySelector("[data-thing]:not([hidden])");
if("open" in g)g.open=words.length>0?true:opened[i]});
told.textContent=words.length===0?"":count+" of "+things.length+" shown"}
var timer;
box.addEventListener("input",function(){clearTimeout(timer);timer=setTimeout(apply,80)});
if(box.value)apply();
})();
`;

/** A whole page around a body, which must be escaped already; the title is plain text. */
export function htmlPage(title: string, body: string): string {
  const policy = [
    "default-src 'none'",
    `style-src '${checksum(style)}'`,
    `script-src '${checksum(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
${body}
<script>${script}</script>
</body>
</html>
`;
}

function checksum(text: string): string {
  return `sha256-${encodeBase64(sha256(text))}`;
}

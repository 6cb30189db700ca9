#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The README and the manual pages name what there is: the verbs and options of ouroborosctl, the place where the unit
looks for its key. Every verb and every option stands in ouroborosctl(1) or in the verb's own help."""
import re

import tree

UNIT, CTL = 'units/system/ouroborosd.service.in', 'docs/ouroborosctl.1.rst'
STORE = '/etc/credstore.encrypted'  # where systemd looks for LoadCredentialEncrypted= without a path
PAGES = ('README.md', 'docs/ouroborosd.8.rst')
CALL = re.compile(r'ouroborosctl((?: +[^ \n`*|;]+)+)')


def verbs_of(texts):
    return {name for path, text in texts.items() if path.startswith('cli/')
            for name in re.findall(r'\.name = "([a-z -]+)",', text)}


def options_of(texts):
    return {name for path, text in texts.items() if path.startswith('cli/')
            for name in re.findall(r'\{[\s\\]*"([a-z-]+)", (?:0|\'.\'),\s*OPTION_', text)}


def check_credential(texts):
    names = re.findall(r'^LoadCredentialEncrypted=([\w.-]+)$', texts.get(UNIT, ''), re.MULTILINE)
    if len(names) != 1:
        return [f'{UNIT}: no LoadCredentialEncrypted=NAME']
    wanted = f'systemd-creds encrypt --name={names[0]} - {STORE}/{names[0]}\n'
    complaints = []
    for page in PAGES:
        text = texts.get(page, '')
        if wanted not in text:
            complaints.append(f'{page}: the key of {UNIT} is not made by: {wanted.strip()}')
        elif f'mkdir -p -m 0700 {STORE}\n' not in text[:text.index(wanted)]:
            complaints.append(f'{page}: {STORE} is not made before the key')
    return complaints


def check_calls(path, text, verbs, options):
    """Commands as they are shown: their verbs and options."""
    complaints = []
    for match in CALL.finditer(text):
        words = match.group(1).split()
        names = [w for w in words if not w.startswith('-')]
        where = f'{path}:{tree.line_of(text, match.start())}'
        known = not names or names[0] in verbs or ' '.join(names[:2]) in verbs
        if not known and text[:match.start()].rsplit('\n', 1)[-1].strip() in ('', '$', 'sudo', '``', '**', '`'):
            complaints.append(f'{where}: there is no verb {names[0]}')
        for word in words[:words.index('--')] if '--' in words else words:
            option = re.match(r'--([a-z-]+)', word)
            if option and option.group(1) not in options:
                complaints.append(f'{where}: there is no option {option.group()}')
    return complaints


def check_page(texts, verbs, options):
    """ouroborosctl(1) tells of every verb, and of no option that there is not."""
    page = texts.get(CTL, '')
    complaints = [f'{CTL}: **{verb}** is not told of' for verb in sorted(verbs) if f'**{verb}**' not in page]
    for match in re.finditer(r'\*\*--([a-z-]+)', page):
        if match.group(1) not in options:
            complaints.append(f'{CTL}:{tree.line_of(page, match.start())}: there is no option --{match.group(1)}')
    return complaints


def check(texts):
    verbs, options = verbs_of(texts), options_of(texts)
    complaints = [] if verbs and options else ['cli/: no verbs or options found']
    complaints += check_credential(texts) + check_page(texts, verbs, options)
    for path in (CTL, *PAGES):
        complaints += check_calls(path, texts.get(path, ''), verbs, options)
    return complaints


KEY = f'mkdir -p -m 0700 {STORE}\nsystemd-creds encrypt --name=a.key - {STORE}/a.key\n'
GOOD = {UNIT: 'LoadCredentialEncrypted=a.key\n', 'README.md': KEY, PAGES[1]: KEY, CTL: '**root add** **--json**',
        'cli/root.c': '.name = "root add",\n{"json", \'j\', OPTION_FLAG, NULL},\n{"user", 0, OPTION_FLAG}'}
SAMPLES = [
    (GOOD, None),
    ({**GOOD, 'README.md': KEY.replace('/a.key', '/b.key')}, 'README.md: the key of'),
    ({**GOOD, 'README.md': KEY.replace('credstore.encrypted/', 'credstore/')}, 'README.md: the key of'),
    ({**GOOD, PAGES[1]: KEY.split('\n', 1)[1]}, 'is not made before'),
    ({**GOOD, UNIT: ''}, 'no LoadCredentialEncrypted'),
    ({**GOOD, CTL: '**--json**'}, '**root add** is not told of'),
    ({**GOOD, CTL: '**root add**\n**--jsno**'}, ':2: there is no option --jsno'),
    ({**GOOD, 'README.md': KEY + 'ouroborosctl root add x  # y\n'}, None),
    ({**GOOD, 'README.md': KEY + 'sudo ouroborosctl --user root add\n'}, None),
    ({**GOOD, 'README.md': KEY + 'ouroborosctl rot add\n'}, 'README.md:3: there is no verb rot'),
    ({**GOOD, 'README.md': KEY + 'ouroborosctl root add --force x\n'}, 'no option --force'),
    ({**GOOD, 'README.md': KEY + 'ouroborosctl root add -- --force\n'}, None),
]

if __name__ == '__main__':
    tree.main(check, lambda p: p in (UNIT, CTL, *PAGES) or p.startswith('cli/'), SAMPLES)

"""Habits of everyday notebooks: what cells and answers do besides answering, for a kernel and for the engine to do alike.

A habit is some cells before an answer, and how the answer is written. Each is run in a real ipykernel and in the engine; the
answer earns the same points in both, and the cells show the same kinds of outputs with the same text. What differs by design
says so, in `differs`, and is a row of docs/parity.md.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

ANSWER = "def double(x):\n    return 2 * x"


@dataclass(frozen=True)
class Habit:
    """What somebody does: cells that run before the answer, the answer's cell, cells that run after its test."""

    name: str
    cells: tuple[str, ...] = ()
    answer: str = ANSWER
    after: tuple[str, ...] = ()
    text: bool = True  # the outputs' text is the same each time it is run
    differs: str = ""  # why the outputs are not those of a kernel


def cell(name: str, *cells: str, **options) -> Habit:
    """A habit of cells beside the answer."""
    return Habit(name, tuple(textwrap.dedent(source).strip("\n") for source in cells), **options)


def answer(name: str, source: str, *before: str, after: tuple[str, ...] = (), **options) -> Habit:
    """A habit of the answer itself."""
    dedented = tuple(tuple(textwrap.dedent(one).strip("\n") for one in group) for group in (before, after))
    return Habit(name, dedented[0], textwrap.dedent(source).strip("\n"), dedented[1], **options)


MAGICS = [
    cell("%matplotlib inline", "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"),
    cell("%matplotlib notebook", "%matplotlib notebook", "%matplotlib inline"),
    cell("%matplotlib widget", "%matplotlib widget", "%matplotlib inline"),
    cell("%matplotlib --list", "%matplotlib --list"),
    cell("%pylab", "%pylab inline --no-import-all"),
    cell("%time", "%time sum(range(10))", text=False),
    cell("%%time", "%%time\nx = sum(range(10))\nx", text=False),
    cell("%timeit", "%timeit -n 1 -r 1 sum(range(10))", text=False),
    cell("%%timeit", "%%timeit -n 1 -r 1\nsum(range(10))", text=False),
    cell("%prun", "%prun -q sum(range(10))"),
    cell("%%prun", "%%prun -q\nsum(range(10))"),
    cell("%%capture", "%%capture said\nprint('hidden')\n42", "print(said.stdout, end='')\nsaid.show()"),
    cell(
        "%%writefile, then import",
        "%%writefile my_helpers.py\ndef three():\n    return 3",
        "import my_helpers\nprint(my_helpers.three())",
    ),
    cell("%%file appended", "%%writefile -a notes.txt\nhello", "!cat notes.txt"),
    cell("%load_ext and %autoreload", "%load_ext autoreload\n%autoreload 2", "%autoreload 0"),
    cell(
        "%run",
        "%%writefile script.py\nimport sys\nVALUE = 5\nprint(__name__, sys.argv[1:])",
        "%run script.py a b",
        "VALUE",
    ),
    cell("%run -i", "start = 7", "%%writefile script_i.py\nprint(start)", "%run -i script_i.py"),
    cell("%load", "%load script.py"),
    cell("%cd", "%mkdir -p deeper\n%cd -q deeper\nimport os\nprint(os.path.basename(os.getcwd()))\n%cd -q .."),
    cell("%pwd and %ls", "%ls script.py", "import os\n%pwd == os.getcwd()"),
    cell("%env", "%env COLOUR=red", "%env COLOUR", "import os\nos.environ['COLOUR']"),
    cell("%set_env", "%set_env SHADE dark"),
    cell("%who", "%reset_selective -f ^(?!np$|check$|grade$).*", "first, second = 1, 'two'", "%who int", "%who_ls str"),
    cell("%whos", "%whos int"),
    cell("%%bash", "%%bash\nfor i in 1 2; do echo $i; done\necho wrong >&2"),
    cell("%%sh that fails", "%%sh\nexit 3"),
    cell("%%script", "%%script python\nprint('from another Python')"),
    cell("%sx and !", "files = !echo one; echo two\nfiles", "!echo shown", "%sx echo three"),
    cell("! with a variable", "word = 'hello'\n!echo {word} $word"),
    cell("! that fails", "!exit 4", "_exit_code"),
    cell("%pip", "%pip --version", text=False),
    cell("%precision", "%precision 2", "3.14159", "%precision"),
    cell("%config", "%config InlineBackend.figure_format = 'svg'", "%config InlineBackend.figure_format = 'png'"),
    cell("%config of the shell", "%config InteractiveShell.ast_node_interactivity"),
    cell(
        "magics of one's own",
        """
        from IPython.core.magic import register_cell_magic, register_line_magic

        @register_line_magic
        def shout(line):
            return line.upper()

        @register_cell_magic
        def backwards(line, cell):
            print(cell[::-1])
        """,
        "%shout hello",
        "%%backwards\nabc",
    ),
    cell("%alias", "%alias say echo", "%say hi"),
    cell(
        "%%html and friends",
        "%%html\n<b>bold</b>",
        "%%latex\n$x$",
        "%%markdown\n**x**",
        "%%javascript\n1",
        "%%svg\n<svg></svg>",
    ),
    cell(
        "%history", "kept_for_history = 1", "%history -l 1", "%history -n 1-1", "%recall 1", "%rerun 1", "len(In) > 1"
    ),
    cell("%store", "to_store = [1, 2]", "%store to_store", "del to_store", "%store -r to_store\nto_store"),
    cell("%macro", "%macro -q greet 1", "type(greet).__name__"),
    cell("%xmode and %tb", "%xmode Minimal", "1 / 0", "%xmode Context"),
    cell("%debug after an error", "1 / 0", "%debug", text=False),
    cell(
        "%pdef, %pdoc, ? and ??",
        "def shown(a, b=2):\n    'Documented.'",
        "%pdef shown",
        "?shown",
        "shown??",
        "%psource shown",
        text=False,
    ),
    cell("%lsmagic", "%lsmagic", text=False),
    cell("%xdel and %reset_selective", "gone = 1\n%xdel gone\n'gone' in globals()"),
    cell("%colors and %doctest_mode", "%doctest_mode", "%doctest_mode"),
    cell("%unknown magic", "%no_such_magic", "%%no_such_cell_magic\n1"),
    cell("%gui", "%gui"),
    cell("%%python", "%%python\nprint(1 + 1)"),
    cell("%%perl that is not there", "%%no_such_program\nprint(1)"),
    cell("%autosave", "%autosave 60"),
    cell("%notebook and %save", "%save -f saved.py 1", text=False),
    cell("%rehashx and %bookmark", "%bookmark -l"),
    cell("%autocall and %automagic", "%autocall 0", "%automagic on", text=False),
    cell("%%debug", "%%debug\npass", text=False),
    cell("%subshell", "%subshell", differs="It asks the kernel's application, which there is none of in a sandbox."),
    cell("%connect_info", "%connect_info", differs="There is nothing to connect to."),
]

DISPLAYS = [
    cell(
        "display of every class",
        """
        from IPython.display import *
        display(HTML("<b>x</b>"), Markdown("**x**"), Latex("$x$"), Math("x"), Pretty("x"), SVG("<svg></svg>"))
        display(Javascript("1"), IFrame("https://example.org", 10, 10), YouTubeVideo("x"), Code("x = 1"))
        """,
        text=False,
    ),
    cell("display of several", "display(1, 'two', [3])", "display()"),
    cell(
        "Image and its size",
        "import base64\nfrom IPython.display import Image\npng = base64.b64decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=')\nImage(png, width=10)",
    ),
    cell("Image of a file that is missing", "Image('no_such_file.png')"),
    cell("Audio", "import numpy as np\nfrom IPython.display import Audio\nAudio(np.zeros(100), rate=8000)"),
    cell(
        "Video",
        "from IPython.display import Video\nVideo('film.mp4')",
        "Video(b'xx', mimetype='video/mp4', embed=True)",
    ),
    cell("FileLink", "from IPython.display import FileLink\nopen('linked.txt', 'w').close()\nFileLink('linked.txt')"),
    cell("JSON", "from IPython.display import JSON\nJSON({'a': [1, 2.5, None, True, 'x']})"),
    cell("JSON with NaN", "JSON({'loss': [0.7, float('nan'), float('inf')]})"),
    cell("JSON with bytes", "JSON({'b': b'\\xff\\x00'})"),
    cell("JSON with keys that are no text", "JSON({1: 2, None: 3, 2.5: 4})"),
    cell(
        "JSON of NumPy's and other things",
        "import datetime, numpy as np\nJSON({'n': np.int64(3), 'f': np.float64(2.5), 't': (1, 2), 'nan': float('nan')})",
    ),
    cell(
        "display ids",
        "from IPython.display import HTML, display, update_display\nhandle = display(HTML('1'), display_id=True)\nhandle.update(HTML('2'))",
        "display(HTML('a'), display_id='mine')\nupdate_display(HTML('b'), display_id='mine')",
    ),
    cell("update of what was not displayed", "update_display(HTML('b'), display_id='nobody')"),
    cell("clear_output", "from IPython.display import clear_output\nprint('gone')\nclear_output()\nprint('kept')"),
    cell(
        "clear_output(wait=True)",
        "for i in range(3):\n    clear_output(wait=True)\n    print(i)",
        "print('stays')\nclear_output(wait=True)",
    ),
    cell(
        "a live plot",
        "import matplotlib.pyplot as plt\nfor i in range(3):\n    clear_output(wait=True)\n    plt.plot([i, 2])\n    plt.show()",
    ),
    cell(
        "_repr_html_",
        "class Rich:\n    def _repr_html_(self):\n        return '<b>rich</b>'\n    def __repr__(self):\n        return 'rich'\nRich()",
    ),
    cell(
        "every _repr_",
        """
        class Every:
            def __repr__(self): return "every"
            def _repr_markdown_(self): return "*x*"
            def _repr_latex_(self): return "$x$"
            def _repr_svg_(self): return "<svg></svg>"
            def _repr_png_(self): return b"\\x89PNG\\r\\n\\x1a\\n"
            def _repr_jpeg_(self): return b"\\xff\\xd8"
            def _repr_pdf_(self): return b"%PDF"
            def _repr_json_(self): return {"a": 1}
            def _repr_javascript_(self): return "1"
        Every()
        """,
    ),
    cell(
        "_repr_mimebundle_",
        "class Bundle:\n    def _repr_mimebundle_(self, include=None, exclude=None):\n        return {'text/plain': 'b', 'application/json': {'a': float('nan')}}, {'text/plain': {'k': 1}}\nBundle()",
    ),
    cell("_ipython_display_", "class Own:\n    def _ipython_display_(self):\n        print('shown by itself')\nOwn()"),
    cell(
        "a _repr_ that raises",
        "class Bad:\n    def _repr_html_(self):\n        raise ValueError('no')\n    def __repr__(self):\n        return 'bad'\nBad()",
    ),
    cell("a __repr__ that raises", "class Worse:\n    def __repr__(self):\n        raise ValueError('no')\nWorse()"),
    cell(
        "a _repr_ that is no text",
        "class Odd:\n    def _repr_html_(self):\n        return 5\n    def __repr__(self):\n        return 'odd'\nOdd()",
    ),
    cell(
        "a _repr_ that returns None",
        "class Shy:\n    def _repr_html_(self):\n        return None\n    def __repr__(self):\n        return 'shy'\nShy()",
    ),
    cell(
        "a _ipython_display_ that raises",
        "class Fails:\n    def _ipython_display_(self):\n        raise RuntimeError('no')\nFails()",
    ),
    cell(
        "a formatter of one's own",
        "get_ipython().display_formatter.formatters['text/html'].for_type(complex, lambda z: f'<i>{z}</i>')\n1j",
    ),
    cell(
        "publish_display_data",
        "from IPython.display import publish_display_data\npublish_display_data({'text/plain': 'p', 'application/x-mine+json': {'a': 1}})",
    ),
    cell(
        "display from a thread",
        "import threading\nt = threading.Thread(target=lambda: display(HTML('t')))\nt.start()\nt.join()",
    ),
    cell(
        "pandas",
        "import pandas as pd\nframe = pd.DataFrame({'a': [1, 2], 'b': [0.5, float('nan')]})\nframe",
        "frame.describe()",
        "frame.a",
        "print(frame)",
    ),
    cell("pandas styles", "frame.style.highlight_max().format(precision=1)", text=False),
    cell(
        "pandas options",
        "pd.set_option('display.max_rows', 2)\npd.DataFrame({'a': range(9)})",
        "pd.reset_option('all')",
        text=False,
    ),
    cell("the last expression", "1\n2", "3;", "x = 4", "(5,\n 6)"),
    cell(
        "ast_node_interactivity",
        "from IPython.core.interactiveshell import InteractiveShell\nInteractiveShell.ast_node_interactivity = 'all'",
        "1\n2\nx = 3",
        "InteractiveShell.ast_node_interactivity = 'last_expr'",
    ),
    cell("_, __ and Out", "'a'", "'b'", "_, __", "len(Out) == len([k for k in Out]), _oh is Out"),
    cell("In and _i", "'typed'", "_i, In[-2] == _i"),
    cell("None shows nothing", "None", "print(None)"),
    cell("sys.displayhook", "import sys\nsys.displayhook('by hand')"),
    cell("big text", "print('line\\n' * 20_000)"),
    cell("one huge line", "print('x' * 150_000)"),
    cell("a huge repr", "list(range(5000))"),
    cell("text of every kind", "print('中文 한국어 é 🎉 \\t tab \\x07 \\x1b[31mred\\x1b[0m')", "'中文 🎉'"),
    cell("null bytes", "print('a\\0b')", "'a\\0b'"),
    cell("half a character", "'\\ud800'"),
    cell("carriage returns", "for i in range(3):\n    print(f'\\r{i}', end='')\nprint()"),
    cell(
        "pretty-printing",
        "from pprint import pprint\npprint({'b': list(range(30)), 'a': {'c': 1}})",
        "{'b': list(range(30)), 'a': {'c': 1}}",
    ),
    cell(
        "sets, dicts, arrays",
        "{3, 1, 2}",
        "dict(z=1, a=2)",
        "np.arange(12.0).reshape(3, 4)",
        "np.float64(0.5)",
        "range(3)",
        "type",
        "len",
    ),
    cell("rich tracebacks", "def deep(n):\n    return deep(n - 1) if n else 1 / 0\ndeep(3)"),
    cell("help", "help(len)", text=False),
]

WIDGETS = [
    cell("a slider", "import ipywidgets as widgets\nwidgets.IntSlider(value=3)", text=False),
    cell(
        "several widgets",
        "box = widgets.HBox([widgets.Button(description='b'), widgets.Text('t')])\ndisplay(box)\nbox",
        text=False,
    ),
    cell(
        "observe",
        "slider = widgets.IntSlider()\nslider.observe(lambda change: print('now', change['new']), 'value')\nslider.value = 7",
    ),
    cell(
        "Output",
        "out = widgets.Output()\nwith out:\n    print('inside')\n    display(HTML('x'))\nprint('outside')\nout",
        text=False,
    ),
    cell("Output that captures", "@out.capture()\ndef said():\n    print('captured')\nsaid()"),
    cell("Output and errors", "with out:\n    1 / 0", "print('goes on')"),
    cell("interact", "widgets.interact(lambda n: print(n * 2), n=(0, 4))", text=False),
    cell(
        "interactive_output",
        "def f(a):\n    print(a)\nwidgets.interactive_output(f, {'a': widgets.IntSlider()})",
        text=False,
    ),
    cell(
        "jslink and layout",
        "a, b = widgets.IntText(), widgets.IntSlider()\nwidgets.jslink((a, 'value'), (b, 'value'));",
    ),
    cell(
        "tqdm.notebook",
        "from tqdm.notebook import tqdm, trange\nfor _ in tqdm(range(3)):\n    pass\nsum(trange(4))",
        text=False,
    ),
    cell(
        "tqdm.auto",
        "from tqdm.auto import tqdm\ntype(tqdm(range(2), disable=True)).__name__",
        "for _ in tqdm([1, 2], desc='x'):\n    pass",
        text=False,
    ),
    cell("tqdm as text", "from tqdm import tqdm as plain\nfor _ in plain(range(3)):\n    pass", text=False),
    cell(
        "ProgressBar of IPython", "from IPython.display import ProgressBar\nsum(1 for _ in ProgressBar(3))", text=False
    ),
    cell(
        "comm",
        "import comm\nchannel = comm.create_comm(target_name='mine')\nchannel.send({'a': float('nan')})\nchannel.close()",
    ),
]

PLOTS = [
    cell("a figure at the cell's end", "fig, ax = plt.subplots()\nax.plot([1, 2])"),
    cell("a figure as the value", "fig", "plt.close('all')"),
    cell("plt.show in the middle", "plt.plot([1])\nplt.show()\nprint('between')\nplt.plot([2]);"),
    cell("two figures", "plt.figure()\nplt.plot([1])\nplt.figure()\nplt.plot([2]);"),
    cell("plt.ion and ioff", "plt.ion()\nplt.plot([1])", "plt.ioff()\nplt.plot([1])\nplt.close()", "plt.ion();"),
    cell(
        "svg",
        "%config InlineBackend.figure_formats = ['svg']\nplt.plot([1]);",
        "%config InlineBackend.figure_formats = ['png']",
        text=False,
    ),
    cell(
        "retina and several formats",
        "from matplotlib_inline.backend_inline import set_matplotlib_formats\nset_matplotlib_formats('png', 'svg')\nplt.plot([1]);",
        "set_matplotlib_formats('png')",
        text=False,
    ),
    cell(
        "agg",
        "import matplotlib\nplt.switch_backend('agg')\nplt.plot([1])\nplt.show()",
        "%matplotlib inline",
        text=False,
    ),
    cell("savefig", "plt.plot([1])\nplt.savefig('figure.png')\nplt.close()\nimport os\nos.path.exists('figure.png')"),
    cell(
        "rcParams and styles",
        "plt.rcParams['figure.figsize'] = (3, 2)\nwith plt.style.context('ggplot'):\n    plt.plot([1]);",
    ),
    cell("imshow", "plt.imshow(np.eye(3), cmap='gray')\nplt.axis('off');"),
    cell(
        "an animation as HTML",
        "from matplotlib.animation import FuncAnimation\nfrom IPython.display import HTML\nfig, ax = plt.subplots()\nmade = FuncAnimation(fig, lambda i: ax.plot([i]), frames=2)\nplt.close(fig)\nHTML(made.to_jshtml())",
        text=False,
    ),
    cell("a figure that cannot be drawn", "plt.title('$\\\\frac{$');", "plt.close('all')", text=False),
    cell("a figure of a failing cell", "plt.plot([1])\n1 / 0"),
    cell("PIL", "from PIL import Image as PILImage\nPILImage.new('L', (4, 4))"),
    cell("pandas plot", "pd.Series([1, 2]).plot();"),
]

STREAMS = [
    cell("print and stderr", "import sys\nprint('out')\nprint('err', file=sys.stderr)"),
    cell("os.write", "import os, time\nos.write(1, b'raw\\n')\nos.write(2, b'raw err\\n')\ntime.sleep(0.3)"),
    cell(
        "sys.stdout as it is",
        "import sys\nsys.stdout.isatty(), sys.stdout.encoding, sys.stdout.errors, hasattr(sys.stdout, 'buffer'), sys.stdout.writable(), sys.stdout.closed, sys.stdout.name",
    ),
    cell("sys.stdout.buffer", "sys.stdout.buffer.write(b'x')"),
    cell("sys.stdout.fileno", "type(sys.stdout.fileno()).__name__"),
    cell("bytes to sys.stdout", "sys.stdout.write(b'x')"),
    cell("write and writelines", "sys.stdout.write('a\\n'), sys.stdout.writelines(['b', 'c\\n'])"),
    cell("flush", "print('a', end='', flush=True)\nsys.stdout.flush()\nprint('b')"),
    cell("sys.__stdout__", "print('original', file=sys.__stdout__, flush=True)\nimport time\ntime.sleep(0.3)"),
    cell(
        "redirect_stdout",
        "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()) as caught:\n    print('caught')\ncaught.getvalue()",
    ),
    cell(
        "redirect_stdout to a file",
        "with open('log.txt', 'w') as log, contextlib.redirect_stdout(log):\n    print('to a file')\nopen('log.txt').read()",
    ),
    cell(
        "sys.stdout replaced over cells",
        "kept = sys.stdout\nsys.stdout = io.StringIO()\nprint('into it')",
        "print('this too')",
        "found = sys.stdout.getvalue()\nsys.stdout = kept\nfound",
    ),
    cell(
        "a tee",
        "class Tee(io.StringIO):\n    def write(self, text):\n        kept.write(text.upper())\n        return len(text)\nsys.stdout = Tee()\nprint('twice')\nsys.stdout = kept",
    ),
    cell(
        "logging",
        "import logging\nlogging.warning('careful')\nlogging.getLogger('mine').error('wrong')\nlogging.info('quiet')",
    ),
    cell(
        "logging.basicConfig",
        "logging.basicConfig(level=logging.INFO, format='%(levelname)s %(message)s', force=True)\nlogging.info('now heard')",
        "logging.getLogger().setLevel(logging.WARNING)",
    ),
    cell(
        "a handler to stdout",
        "own = logging.getLogger('own')\nown.propagate = False\nown.addHandler(logging.StreamHandler(sys.stdout))\nown.warning('to stdout')",
    ),
    cell("warnings", "import warnings\nwarnings.warn('once')", "for _ in range(3):\n    warnings.warn('in a loop')"),
    cell(
        "simplefilter and catch_warnings",
        "with warnings.catch_warnings():\n    warnings.simplefilter('ignore')\n    warnings.warn('unseen')\nwith warnings.catch_warnings(record=True) as caught:\n    warnings.simplefilter('always')\n    warnings.warn('kept')\nlen(caught)",
    ),
    cell(
        "warnings as errors",
        "with warnings.catch_warnings():\n    warnings.simplefilter('error')\n    warnings.warn('raised')",
    ),
    cell("DeprecationWarning", "warnings.warn('old', DeprecationWarning)"),
    cell("NumPy's warnings", "np.array([1.0]) / 0"),
    cell("input", "input('name? ')"),
    cell("getpass", "import getpass\ngetpass.getpass()"),
    cell("breakpoint", "breakpoint()", "print('on')"),
    cell("pdb.set_trace", "import pdb\npdb.set_trace()", text=False),
    cell("pdb.run", "pdb.run('1')", text=False),
    cell(
        "printing C code",
        "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.puts(b'from C')\nlibc.fflush(None)\ntime.sleep(0.3)",
    ),
    cell("print(end), sep and file=None", "print('a', 'b', sep='-', end='!\\n', file=None)"),
    cell("sys.stderr as progress", "for i in range(3):\n    print('.', end='', file=sys.stderr, flush=True)"),
    cell("much at a descriptor", "_ = os.write(1, b'y' * 60_000 + b'\\n')\ntime.sleep(0.3)"),
    cell("stdin", "import sys\nsys.stdin.isatty(), sys.stdin.read()"),
]

PROCESSES = [
    cell(
        "subprocess captured",
        "import subprocess, sys\nsubprocess.run(['echo', 'hi'], capture_output=True, text=True).stdout",
    ),
    cell("subprocess shown", "import time\nsubprocess.run(['echo', 'shown'])\ntime.sleep(0.3)", text=False),
    cell("subprocess into sys.stdout", "subprocess.run(['echo', 'unseen'], stdout=sys.stdout).returncode"),
    cell("os.system", "import os, time\nos.system('echo system')\ntime.sleep(0.3)"),
    cell("subprocess of Python", "subprocess.check_output([sys.executable, '-c', 'print(1)'])"),
    cell(
        "threads that print",
        "import threading\ndef work(n):\n    print('thread', n)\nfor n in range(3):\n    t = threading.Thread(target=work, args=(n,))\n    t.start()\n    t.join()",
    ),
    cell(
        "a thread that raises",
        "t = threading.Thread(target=lambda: 1 / 0, name='fails')\nt.start()\nt.join()",
        text=False,
    ),
    cell(
        "a thread that goes on",
        "stop = threading.Event()\nthreading.Thread(target=stop.wait, daemon=True).start()",
        "stop.set()",
    ),
    cell(
        "a pool of threads",
        "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(2) as pool:\n    shown = list(pool.map(lambda n: n * n, range(4)))\nshown",
    ),
    cell(
        "ThreadPool of multiprocessing",
        "from multiprocessing.pool import ThreadPool\nwith ThreadPool(2) as pool:\n    shown = pool.map(abs, [-1, -2])\nshown",
    ),
    cell(
        "Pool",
        "import multiprocessing as mp\ndef square(n):\n    return n * n\nwith mp.Pool(2) as pool:\n    shown = pool.map(square, range(4))\nshown",
    ),
    cell(
        "Pool of fork by name",
        "with mp.get_context('fork').Pool(1) as pool:\n    shown = pool.apply(square, (7,))\nshown",
    ),
    cell(
        "Process and Queue",
        "def put(queue):\n    queue.put(square(3))\nqueue = mp.Queue()\nchild = mp.Process(target=put, args=(queue,))\nchild.start()\nshown = queue.get(timeout=20)\nchild.join()\nshown, child.exitcode",
    ),
    cell(
        "Lock, Value and Array",
        "def add(total, lock):\n    with lock:\n        total.value += 1\ntotal, lock = mp.Value('i', 0), mp.Lock()\nchildren = [mp.Process(target=add, args=(total, lock)) for _ in range(2)]\n[c.start() for c in children]\n[c.join() for c in children]\ntotal.value",
    ),
    cell(
        "Manager",
        "with mp.Manager() as manager:\n    shared = manager.dict(a=1)\n    shared['b'] = 2\n    shown = dict(shared)\nshown",
    ),
    cell(
        "shared_memory",
        "from multiprocessing import shared_memory\nblock = shared_memory.SharedMemory(create=True, size=16)\nblock.buf[:2] = b'hi'\nshown = bytes(block.buf[:2])\nblock.close()\nblock.unlink()\nshown",
    ),
    cell(
        "ProcessPoolExecutor",
        "from concurrent.futures import ProcessPoolExecutor\nwith ProcessPoolExecutor(2) as pool:\n    shown = list(pool.map(square, range(3)))\nshown",
    ),
    cell(
        "an error in a Pool", "def fail(n):\n    raise ValueError(n)\nwith mp.Pool(1) as pool:\n    pool.map(fail, [1])"
    ),
    cell(
        "a child that prints",
        "def say():\n    print('from a child', flush=True)\nchild = mp.Process(target=say)\nchild.start()\nchild.join()\ntime.sleep(0.3)",
    ),
    cell(
        "a child that fails",
        "child = mp.Process(target=fail, args=(1,))\nchild.start()\nchild.join()\nchild.exitcode",
        text=False,
    ),
    cell(
        "spawn with a module",
        "%%writefile spawned.py\ndef cube(n):\n    return n ** 3",
        "import spawned\nwith mp.get_context('spawn').Pool(1) as pool:\n    shown = pool.map(spawned.cube, [2, 3])\nshown",
    ),
    cell(
        "spawn with the notebook's own",
        "from concurrent.futures.process import BrokenProcessPool\ntry:\n    with ProcessPoolExecutor(1, mp_context=mp.get_context('spawn')) as pool:\n        list(pool.map(square, [1]))\nexcept BrokenProcessPool:\n    shown = 'broken'\nshown",
        text=False,
    ),
    cell(
        "joblib",
        "from joblib import Parallel, delayed\nParallel(n_jobs=2, backend='threading')(delayed(abs)(n) for n in (-1, -2))",
    ),
    cell("os.fork by hand", "pid = os.fork()\nif pid == 0:\n    os._exit(0)\nos.waitpid(pid, 0)[1]"),
    cell(
        "signal handlers",
        "import signal\ndef heard(number, frame):\n    print('heard', number)\nbefore = signal.signal(signal.SIGUSR1, heard)\nos.kill(os.getpid(), signal.SIGUSR1)\nsignal.signal(signal.SIGUSR1, before);",
    ),
    cell(
        "an alarm",
        "def ring(number, frame):\n    raise TimeoutError('rang')\nsignal.signal(signal.SIGALRM, ring)\nsignal.setitimer(signal.ITIMER_REAL, 0.05)\ntime.sleep(5)",
        "signal.signal(signal.SIGALRM, signal.SIG_DFL);",
    ),
    cell("KeyboardInterrupt raised", "raise KeyboardInterrupt"),
    cell(
        "KeyboardInterrupt caught", "try:\n    raise KeyboardInterrupt\nexcept KeyboardInterrupt:\n    print('stopped')"
    ),
    cell("interrupting itself", "os.kill(os.getpid(), signal.SIGINT)\ntime.sleep(1)"),
    cell("sys.exit", "sys.exit()", "sys.exit('with words')"),
    cell("raise SystemExit", "raise SystemExit(2)"),
    cell("atexit", "import atexit\natexit.register(print, 'unseen');"),
]

ASYNC = [
    cell("await", "import asyncio\nawait asyncio.sleep(0)\nprint('awaited')", "await asyncio.sleep(0, 'value')"),
    cell(
        "async for and async with",
        "async def numbers():\n    for n in range(3):\n        yield n\nasync for n in numbers():\n    print(n)\n[n async for n in numbers()]",
    ),
    cell(
        "create_task",
        "async def later():\n    await asyncio.sleep(0.01)\n    return 'done'\ntask = asyncio.create_task(later())\nawait task",
    ),
    cell("a task over cells", "task = asyncio.create_task(later())", "await task"),
    cell(
        "gather and wait_for",
        "await asyncio.gather(later(), later())",
        "await asyncio.wait_for(asyncio.sleep(9), 0.01)",
    ),
    cell("asyncio.run", "c = later()\ntry:\n    asyncio.run(c)\nfinally:\n    c.close()"),
    cell(
        "run_until_complete",
        "c = later()\ntry:\n    asyncio.get_event_loop().run_until_complete(c)\nfinally:\n    c.close()",
    ),
    cell(
        "the loop that runs",
        "asyncio.get_running_loop().is_running(), asyncio.get_event_loop() is asyncio.get_running_loop()",
    ),
    cell(
        "run_in_executor and to_thread",
        "await asyncio.to_thread(lambda: 5)",
        "await asyncio.get_running_loop().run_in_executor(None, abs, -3)",
    ),
    cell("asyncio.Queue", "queue = asyncio.Queue()\nawait queue.put(1)\nawait queue.get()"),
    cell(
        "a process by asyncio",
        "made = await asyncio.create_subprocess_exec('echo', 'a', stdout=asyncio.subprocess.PIPE)\nawait made.communicate()",
    ),
    cell("an error in await", "async def fails():\n    raise ValueError('async')\nawait fails()"),
    cell("a coroutine never awaited", "c = later()\nc.close()\nlater", text=False),
    cell("a task that fails", "task = asyncio.create_task(fails())\nawait asyncio.sleep(0)", "task.exception()"),
    cell("nest_asyncio", "import nest_asyncio2 as nest_asyncio\nnest_asyncio.apply()\nasyncio.run(later())"),
    cell("%autoawait", "%autoawait", text=False),
    cell(
        "context variables",
        "import contextvars\nvariable = contextvars.ContextVar('v')\nvariable.set(4);",
        "variable.get(None)",
    ),
]

ERRORS = [
    cell("an error", "1 / 0"),
    cell("SyntaxError", "def broken(:\n    pass"),
    cell("IndentationError and TabError", "if True:\nx = 1"),
    cell(
        "chained exceptions", "try:\n    {}['a']\nexcept KeyError as error:\n    raise ValueError('because') from error"
    ),
    cell("an exception group", "raise ExceptionGroup('many', [ValueError(1), TypeError(2)])"),
    cell(
        "RecursionError",
        "def forever():\n    return forever()\nsys.setrecursionlimit(sys.getrecursionlimit() // 10)\nforever()",
        "sys.setrecursionlimit(3000)",
    ),
    cell(
        "deep recursion",
        "import sys\nlimit = sys.getrecursionlimit()\nsys.setrecursionlimit(5000)\ndef down(n):\n    return n and down(n - 1)\ndown(4000)",
        "sys.setrecursionlimit(limit)",
    ),
    cell("assert", "assert 1 == 2, 'not equal'"),
    cell(
        "set_custom_exc",
        "def mine(shell, kind, error, tb, tb_offset=None):\n    print('caught', kind.__name__)\nget_ipython().set_custom_exc((ZeroDivisionError,), mine)\n1 / 0",
        "get_ipython().set_custom_exc((), None)",
    ),
    cell(
        "_render_traceback_",
        "class Short(Exception):\n    def _render_traceback_(self):\n        return ['short']\nraise Short",
    ),
    cell("sys.excepthook", "sys.excepthook = lambda *e: print('hooked')\n1 / 0", "sys.excepthook = sys.__excepthook__"),
    cell(
        "traceback.print_exc", "import traceback\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    traceback.print_exc()"
    ),
    cell(
        "an error with an odd text",
        "class OddText(Exception):\n    def __str__(self):\n        return '\\x1b[31mred\\n\\nlines'\nraise OddText",
    ),
    cell("a BaseException of one's own", "class Stop(BaseException):\n    pass\nraise Stop('here')"),
    cell("StopIteration", "next(iter([]))"),
    cell("an error after output", "print('before')\ndisplay(HTML('x'))\n1 / 0\nprint('after')"),
    cell("NameError of a deleted name", "gone = 1\ndel gone\ngone"),
    cell("MemoryError", "raise MemoryError('all of it')"),
    cell("NotImplemented", "NotImplementedError", "raise NotImplementedError"),
]

LANGUAGE = [
    cell(
        "get_ipython",
        "ip = get_ipython()\ntype(ip).__name__, ip is get_ipython(), 'IPKernelApp' in ip.config, ip.__class__.__mro__[1].__name__ != ''",
    ),
    cell(
        "what tells a notebook",
        "import sys\n'ipykernel' in sys.modules, hasattr(get_ipython(), 'kernel'), type(sys.stdout).__mro__[-1].__name__",
    ),
    cell(
        "__name__ and __main__",
        "__name__, sys.modules['__main__'].__dict__ is globals()",
        "if __name__ == '__main__':\n    print('main')",
    ),
    cell("__file__", "__file__"),
    cell(
        "sys.argv and argparse",
        "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--n', type=int, default=3)\nparser.parse_known_args()[0].n, len(sys.argv) > 1",
    ),
    cell("parse_args", "parser.parse_args()", text=False),
    cell("sys.path", "import os, sys\n'' in sys.path, os.getcwd() in sys.path, sys.path[0]"),
    cell(
        "pathlib and files",
        "from pathlib import Path\nPath('written.txt').write_text('x')\nsorted(p.name for p in Path('.').glob('written.*'))",
    ),
    cell(
        "tempfile", "import tempfile\nwith tempfile.NamedTemporaryFile() as file:\n    print(os.path.exists(file.name))"
    ),
    cell(
        "pickle",
        "import pickle\nclass Point:\n    def __init__(self, x):\n        self.x = x\npickle.loads(pickle.dumps(Point(3))).x, pickle.loads(pickle.dumps(Point)) is Point",
    ),
    cell("copy", "import copy\ncopy.deepcopy(Point(4)).x"),
    cell(
        "inspect.getsource",
        "import inspect\ndef shown():\n    return 1  # as typed\nprint(inspect.getsource(shown))",
        "inspect.getsource(Point)",
    ),
    cell(
        "dataclasses", "from dataclasses import dataclass\n@dataclass\nclass Pair:\n    a: int\n    b: int = 2\nPair(1)"
    ),
    cell(
        "typing and annotations",
        "from typing import NamedTuple\nclass Size(NamedTuple):\n    w: int\nSize(1)",
        "x: int = 3\n__annotations__['x']",
    ),
    cell("enum", "import enum\nclass Colour(enum.Enum):\n    RED = 1\nColour.RED"),
    cell(
        "doctest",
        "import doctest\ndef one():\n    '''\n    >>> one()\n    1\n    '''\n    return 1\ndoctest.testmod()",
        "doctest.run_docstring_examples(one, globals())",
    ),
    cell(
        "unittest",
        "import unittest\nclass Tests(unittest.TestCase):\n    def test_one(self):\n        self.assertEqual(1, 1)\nmade = unittest.main(argv=['x', 'Tests'], exit=False)",
        text=False,
    ),
    cell(
        "abc, functools, generators",
        "import functools\n@functools.lru_cache\ndef fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)\nfib(30), (n for n in [1]).__next__()",
    ),
    cell("match and walrus", "match [1, 2]:\n    case [a, b]:\n        print(a + b)\n(y := 5)"),
    cell("globals and exec", "exec('made_up = 6')\nmade_up, 'made_up' in globals()"),
    cell(
        "del and gc",
        "import gc, weakref\nclass Thing:\n    pass\nthing = Thing()\nref = weakref.ref(thing)\ndel thing\ngc.collect() >= 0, ref() is None",
    ),
    cell(
        "tracemalloc",
        "import tracemalloc\ntracemalloc.start()\nx = [0] * 1000\ntracemalloc.get_traced_memory()[0] > 0",
        "tracemalloc.stop()",
    ),
    cell("NumPy's print options", "np.set_printoptions(precision=2)", "np.array([1 / 3])", "np.set_printoptions()"),
    cell("np.seterr", "old = np.seterr(all='raise')", "np.array([1.0]) / 0", "np.seterr(**old);"),
    cell("decimal's precision", "import decimal\ndecimal.getcontext().prec = 4", "decimal.Decimal(1) / 3"),
    cell("locale and time zones", "import locale\nlocale.setlocale(locale.LC_ALL, 'C')", "import time\ntime.tzset()"),
    cell(
        "a file named as a module of Python's",
        "%%writefile colorsys.py\n1 / 0",
        "import colorsys\ncolorsys.rgb_to_hsv(0, 0, 1)",
    ),
    cell("hash seeds", "hash('a') == hash('a')"),
    cell(
        "importlib.reload",
        "%%writefile changing.py\nV = 1",
        "import changing, importlib, sys\nsys.dont_write_bytecode = True",
        "%%writefile changing.py\nV = 22",
        "importlib.reload(changing).V",
    ),
    cell("a module that is missing", "import no_such_module"),
    cell("a deleted builtin's name", "list = 3\ndel list\nlist"),
    cell(
        "user events",
        "def after(result):\n    print('after')\nget_ipython().events.register('post_run_cell', after)",
        "1",
        "get_ipython().events.unregister('post_run_cell', after)",
    ),
    cell(
        "input transformers",
        "def swap(lines):\n    return [line.replace('PRINT', 'print') for line in lines]\nget_ipython().input_transformers_cleanup.append(swap)",
        "PRINT('swapped')",
        "get_ipython().input_transformers_cleanup.remove(swap)",
    ),
    cell(
        "an AST transformer",
        "import ast\nclass Add(ast.NodeTransformer):\n    def visit_Constant(self, node):\n        return ast.copy_location(ast.Constant(node.value + 1), node) if type(node.value) is int else node\nadd = Add()\nget_ipython().ast_transformers.append(add)",
        "1",
        "get_ipython().ast_transformers.remove(add)",
    ),
    cell(
        "run_cell and ex",
        "get_ipython().run_cell('print(7)').success",
        "get_ipython().run_line_magic('who_ls', 'no_type')",
    ),
    cell("comments and empty cells", "", "# only a comment", "   \n\n", "'''text'''"),
    cell("a cell of Windows lines", "a = 1\r\nprint(a)\r\n"),
    cell("a very long cell", "\n".join(f"v{n} = {n}" for n in range(2000)) + "\nv1999"),
    cell(
        "a socket on this machine",
        "import socket\nserver = socket.socket()\nserver.bind(('127.0.0.1', 0))\nserver.listen()\nserver.close()",
    ),
    cell(
        "the network",
        "import socket\nsocket.create_connection(('127.0.0.1', 9), 1)",
        text=False,
        differs="The sandbox has no network: another error says so, at once.",
    ),
    cell("sqlite", "import sqlite3\nbase = sqlite3.connect(':memory:')\nbase.execute('select 1 + 1').fetchone()"),
    cell(
        "zip, gzip, csv",
        "import csv, gzip, io\nwith gzip.open('a.gz', 'wt') as file:\n    csv.writer(file).writerow([1, 2])\ngzip.open('a.gz', 'rt').read()",
    ),
    cell("mmap", "import mmap\nmmap.mmap(-1, 10).size()"),
    cell(
        "sympy or what else shows LaTeX", "class Formula:\n    def _repr_latex_(self):\n        return '$x$'\nFormula()"
    ),
]

HELPER = "def helper(x):\n    return 2 * x"
ANSWERS = [
    answer(
        "Pool in an answer",
        "import multiprocessing as mp\ndef helper(x):\n    return 2 * x\ndef double(x):\n    with mp.Pool(1) as pool:\n        return pool.map(helper, [x])[0]",
    ),
    answer(
        "ProcessPoolExecutor in an answer",
        "from concurrent.futures import ProcessPoolExecutor\ndef helper(x):\n    return 2 * x\ndef double(x):\n    with ProcessPoolExecutor(1) as pool:\n        return pool.submit(helper, x).result()",
    ),
    answer(
        "Process and Pipe in an answer",
        "import multiprocessing as mp\ndef send(end, x):\n    end.send(2 * x)\ndef double(x):\n    here, there = mp.Pipe()\n    child = mp.Process(target=send, args=(there, x))\n    child.start()\n    result = here.recv()\n    child.join()\n    return result",
    ),
    answer(
        "threads in an answer",
        "from concurrent.futures import ThreadPoolExecutor\ndef double(x):\n    with ThreadPoolExecutor(2) as pool:\n        return sum(pool.map(lambda _: x, range(2)))",
    ),
    answer(
        "a child that prints in an answer",
        "import multiprocessing as mp\ndef helper(x):\n    print('working')\n    return 2 * x\ndef double(x):\n    with mp.Pool(1) as pool:\n        return pool.apply(helper, (x,))",
    ),
    answer(
        "pickle in an answer",
        "import pickle\nclass Box:\n    def __init__(self, x):\n        self.x = x\ndef double(x):\n    return 2 * pickle.loads(pickle.dumps(Box(x))).x",
    ),
    answer(
        "identity in an answer",
        "def helper(x):\n    return 2 * x\nkept = helper\ndef double(x):\n    import __main__\n    return helper(x) if helper is kept is __main__.helper else None",
    ),
    answer(
        "isinstance in an answer",
        "class Box:\n    def __init__(self, x):\n        self.x = x\nbox = Box(1)\ndef double(x):\n    return 2 * x if isinstance(box, Box) and type(Box(x)) is Box else None",
    ),
    answer(
        "a helper whose name is used again",
        "def double(x):\n    return helper(x)",
        HELPER,
        after=("def helper(x):\n    return 'another'",),
    ),
    answer("a helper that is deleted", "def double(x):\n    return helper(x)", HELPER, after=("del helper",)),
    answer(
        "a helper's helper that is deleted",
        "def double(x):\n    return helper(x)",
        "def inner(x):\n    return 2 * x\ndef helper(x):\n    return inner(x)",
        after=("inner = None",),
    ),
    answer("a constant that changes", "FACTOR = 2\ndef double(x):\n    return FACTOR * x", after=("FACTOR = 3",)),
    answer(
        "everything is reset",
        "FACTOR = 2\ndef double(x):\n    return FACTOR * x",
        after=(
            "saved = (check, grade)\n",
            "%reset -f",
            "import numpy as np\nfrom autograder import grade\ncheck = print",
        ),
    ),
    answer(
        "a closure",
        "def make(n):\n    def inner(x):\n        return n * ONE * x\n    return inner\ndouble = make(2)",
        "ONE = 1",
        after=("ONE = 5",),
    ),
    answer(
        "a callable object",
        "class Twice:\n    def __call__(self, x):\n        return FACTOR * x\ndouble = Twice()",
        "FACTOR = 2",
        after=("FACTOR = 9",),
    ),
    answer(
        "a bound method",
        "class Twice:\n    def run(self, x):\n        return FACTOR * x\ndouble = Twice().run",
        "FACTOR = 2",
        after=("FACTOR = 9", "del Twice"),
    ),
    answer(
        "a partial",
        "import functools\ndef times(n, x):\n    return n * ONE * x\ndouble = functools.partial(times, 2)",
        "ONE = 1",
        after=("ONE = 5",),
    ),
    answer(
        "a decorated function",
        "import functools\ndef logged(f):\n    @functools.wraps(f)\n    def inner(*args):\n        calls.append(args)\n        return f(*args)\n    return inner\n@logged\ndef double(x):\n    return FACTOR * x",
        "calls, FACTOR = [], 2",
        after=("del calls\nFACTOR = 9",),
    ),
    answer(
        "a cached function",
        "import functools\n@functools.lru_cache\ndef double(x):\n    return FACTOR * x",
        "FACTOR = 2",
        after=("FACTOR = 9",),
    ),
    answer("a lambda", "double = lambda x: FACTOR * x", "FACTOR = 2", after=("FACTOR = 9",)),
    answer(
        "a class method and a property",
        "class Twice:\n    @classmethod\n    def run(cls, x):\n        return FACTOR * x\ndouble = Twice.run",
        "FACTOR = 2",
        after=("FACTOR = 9",),
    ),
    answer(
        "a generator behind it",
        "def numbers(x):\n    yield FACTOR * x\ndef double(x):\n    return next(numbers(x))",
        "FACTOR = 2",
        after=("FACTOR = 9",),
    ),
    answer(
        "made by exec",
        "made = {'FACTOR': 2}\nexec('def double(x): return FACTOR * x', made)\ndouble = made['double']",
        after=("made['FACTOR'] = 9",),
    ),
    answer(
        "from a module written beside",
        "import doubling\ndef double(x):\n    return doubling.twice(x)",
        "%%writefile doubling.py\nFACTOR = 2\ndef twice(x):\n    return FACTOR * x",
        after=("doubling.FACTOR = 9",),
    ),
    answer(
        "from a script that was run",
        "double = twice",
        "%%writefile twice.py\nFACTOR = 2\ndef twice(x):\n    return FACTOR * x",
        "%run twice.py",
        after=("FACTOR = 9",),
    ),
    answer("a builtin that is shadowed later", "def double(x):\n    return sum([x, x])", after=("sum = 3", "del sum")),
    answer("global counters", "count = 0\ndef double(x):\n    global count\n    count += 1\n    return 2 * x"),
    answer(
        "a file beside it",
        "open('factor.txt', 'w').write('2')\ndef double(x):\n    return int(open('factor.txt').read()) * x",
    ),
    answer(
        "another folder later",
        "open('factor2.txt', 'w').write('2')\ndef double(x):\n    return int(open('factor2.txt').read()) * x",
        after=("%mkdir -p elsewhere\n%cd -q elsewhere", "%cd -q .."),
    ),
    answer(
        "an environment variable",
        "import os\ndef double(x):\n    return int(os.environ['FACTOR']) * x",
        "import os\nos.environ['FACTOR'] = '2'",
        after=("del os.environ['FACTOR']",),
    ),
    answer(
        "random numbers that were seeded",
        "import random\nrandom.seed(3)\nnp.random.seed(3)\nseen = None\ndef double(x):\n    global seen\n    seen = seen or (random.random(), np.random.rand())\n    return 2 * x if abs(seen[0] - 0.2379646270918914) < 1e-9 and abs(seen[1] - 0.5507979025745755) < 1e-9 else seen",
        after=("random.random(), np.random.rand()",),
    ),
    answer(
        "deep recursion in an answer",
        "import sys\nsys.setrecursionlimit(6000)\ndef count(n):\n    return n and 1 + count(n - 1)\ndef double(x):\n    return 2 * x if count(4000) else None",
        after=("sys.setrecursionlimit(3000)",),
    ),
    answer(
        "asyncio.run in an answer",
        "import asyncio\nasync def later(x):\n    return 2 * x\nloop = asyncio.new_event_loop()\ndef double(x):\n    try:\n        asyncio.get_running_loop()\n    except RuntimeError:\n        return 'no loop'\n    return 2 * x",
    ),
    answer(
        "printing and displaying in an answer",
        "from IPython.display import HTML, clear_output, display\ndef double(x):\n    print('working')\n    display(HTML('x'))\n    return 2 * x",
        text=False,
    ),
    answer(
        "plotting in an answer", "import matplotlib.pyplot as plt\ndef double(x):\n    plt.plot([1])\n    return 2 * x"
    ),
    answer("breakpoint in an answer", "def double(x):\n    breakpoint()\n    return 2 * x"),
    answer("input in an answer", "def double(x):\n    input('x? ')\n    return 2 * x"),
    answer(
        "subprocess in an answer",
        "import subprocess\ndef double(x):\n    return int(subprocess.check_output(['echo', str(2 * x)]))",
    ),
    answer(
        "logging and warnings in an answer",
        "import logging, warnings\ndef double(x):\n    logging.warning('w')\n    warnings.warn('w')\n    return 2 * x",
    ),
    answer(
        "tqdm in an answer", "from tqdm.auto import tqdm\ndef double(x):\n    return sum(x for _ in tqdm(range(2)))"
    ),
    answer(
        "magics in an answer",
        "def double(x):\n    %time y = 2 * x\n    files = !echo {x}\n    return 2 * int(files[0])",
        text=False,
    ),
    answer("%%time above an answer", "%%time\ndef double(x):\n    return 2 * x", text=False),
    answer("an assertion in an answer", "def double(x):\n    assert x is not None\n    return 2 * x"),
    answer("sys.exit in an answer", "import sys\ndef double(x):\n    sys.exit()"),
    answer("a wrong answer", "def double(x):\n    return x * x"),
    answer("half an answer", "def double(x):\n    return 2 * x if x > 0 else 0"),
    answer("an answer that is untouched", "def double(x):\n    ..."),
    answer("an answer that is no function", "double = 4"),
    answer("a number of NumPy's", "def double(x):\n    return int(np.int64(2) * x)"),
    answer(
        "get_ipython in an answer", "def double(x):\n    return 2 * x if get_ipython().user_ns is globals() else None"
    ),
    answer(
        "inspect in an answer",
        "import inspect\ndef double(x):\n    return 2 * x if 'inspect' in inspect.getsource(double) else None",
    ),
]

#: What ends a kernel: tried in the engine alone, where it must cost nothing.
LAST = [
    cell(
        "half a character, printed",
        "print('\\ud800')",
        "print('on')",
        differs="A kernel cannot send it and shows an error of its own in its place; here it is shown as �.",
    ),
    cell("exit", "exit", "print('on')", differs="It ends a kernel, and nothing after it runs; here it ends its cell."),
    cell("quit()", "quit()", "print('on')", differs="As `exit`."),
]

#: Habits that share a kernel, and in the engine a notebook.
SESSIONS = [
    [*MAGICS, *DISPLAYS, *WIDGETS, *PLOTS],
    [*STREAMS, *ERRORS, *LANGUAGE, *ASYNC],
    [*PROCESSES, *ANSWERS],
]
TOGETHER = [habit for session in SESSIONS for habit in session]
HABITS = [*TOGETHER, *LAST]

"""The binary that is tried, and the alliance that it serves."""
import pathlib, subprocess, sys
from .clients import MERCHANTS
from .signing import Key

TOP = pathlib.Path(__file__).resolve().parent.parent.parent.parent


def built():
    """The release binary, built if need be."""
    subprocess.run([TOP / "Deploy" / "prepare"], check=True, stdout=sys.stderr)
    build = ["swift", "build", "-c", "release", "--package-path", str(TOP)]
    subprocess.run(build + ["--product", "settled"], check=True, stdout=sys.stderr)
    shown = subprocess.run(build + ["--show-bin-path"], check=True, stdout=subprocess.PIPE, text=True)
    return shown.stdout.strip() + "/settled"


def found(binary, scratch, alliance=TOP / "Deploy" / "example" / "alliance.yaml", merchants=MERCHANTS):
    """An alliance in a new data folder; gives the folder, the merchants' keys and those of their receipts."""
    data = str(pathlib.Path(scratch) / "data")
    subprocess.run([binary, "init", "--alliance", alliance, "--data", data], check=True, stdout=subprocess.DEVNULL)
    keys, receipts = {}, {}
    for merchant in merchants:
        keys[merchant] = Key(f"{data}/keys/batch_{merchant}_1.key")
        shown = subprocess.run(
            [binary, "key", "show", f"statement/{merchant}/1", "--data", data], check=True,
            stdout=subprocess.PIPE, text=True)
        path = pathlib.Path(scratch) / f"{merchant}.receipts.key"
        path.write_text(shown.stdout)
        receipts[merchant] = Key(path)
    return data, keys, receipts


def certificate(scratch):
    """A certificate for localhost and its key, as files."""
    chain, key = str(pathlib.Path(scratch) / "chain.pem"), str(pathlib.Path(scratch) / "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-out", chain, "-keyout", key],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return chain, key


def show(figures):
    """Prints pairs of a name and a figure, a line each."""
    for name, figure in figures:
        print(f"{name:>32}  {figure:>12,}" if isinstance(figure, int) else f"{name:>32}  {figure:>12}")

"""Carries out a Dockerfile without Docker: each stage is a directory, RUN is a chroot. As root, on Debian."""
import os
import re
import shlex
import shutil
import subprocess

MOUNTS = ("proc", "dev", "dev/pts", "dev/shm", "sys")


def sh(*args, **kw):
    p = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False, **kw)
    assert p.returncode == 0, f"{' '.join(args)[:300]}: {p.returncode}\n{p.stdout[-6000:]}"
    return p.stdout


class Stage:
    """The file system of a stage and what its image says about how to run it."""

    def __init__(self, root):
        self.root, self.user, self.workdir, self.command, self.mounted = root, "root", "/", [], []

    def path(self, name):
        return self.root + os.path.join("/", self.workdir, name)

    def mount(self):
        for m in MOUNTS:
            if os.path.isdir(f"{self.root}/{m}") and os.path.ismount("/" + m):
                sh("mount", "--bind", "/" + m, f"{self.root}/{m}")
                self.mounted.append(f"{self.root}/{m}")
        shutil.copy("/etc/resolv.conf", self.root + "/etc/resolv.conf")

    def unmount(self):
        while self.mounted:
            subprocess.run(["umount", "-l", self.mounted.pop()], check=False)

    def chroot(self, *args, user=None):
        """The command line that runs @args in the stage as its user, with the environment of a container."""
        user = user or self.user
        home = [line.split(":")[5] for line in open(self.root + "/etc/passwd") if line.startswith(user + ":")][0]
        inner = f"cd {shlex.quote(self.workdir)} && exec " + " ".join(shlex.quote(a) for a in args)
        return ["env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=" + home, "chroot",
                f"--userspec={user}:{user}", self.root, "/bin/sh", "-c", inner]

    def run(self, *args, **kw):
        return sh(*self.chroot(*args), **kw)


def instructions(path):
    """(instruction, rest) of each; comments gone, lines that go on joined."""
    with open(path) as f:
        text = re.sub(r"^\s*#.*\n", "", f.read(), flags=re.M)
    for line in re.sub(r"\\\n", " ", text).splitlines():
        if line.strip():
            word, rest = line.split(None, 1)
            yield word.upper(), rest.strip()


class Image:
    """@base: a tar file that stands for every image that FROM names; @files: those of the context, relative to it."""

    def __init__(self, dockerfile, context, files, base, directory):
        self.context, self.files, self.base, self.dir, self.stages = context, files, base, directory, {}
        self.last = None
        try:
            for word, rest in instructions(dockerfile):
                getattr(self, "do_" + word.lower())(rest)
        except BaseException:
            self.close()
            raise

    def do_from(self, rest):
        words = rest.split()
        if self.last:
            self.last.unmount()
        self.last = Stage(os.path.join(self.dir, f"stage{len(self.stages)}"))
        self.stages[words[2] if len(words) == 3 and words[1].upper() == "AS" else str(len(self.stages))] = self.last
        os.makedirs(self.last.root)
        sh("tar", "-C", self.last.root, "-xf", self.base)
        self.last.mount()

    def do_copy(self, rest):
        words = rest.split()
        if words[0].startswith("--from="):
            source, target = self.stages[words[0][7:]].root + words[1], self.last.path(words[2])
            os.makedirs(target, exist_ok=True)
            sh("cp", "-a", source + "/.", target)
            return
        assert words[0] == ".", "only the whole context is copied"
        target = self.last.path(words[1])
        for name in self.files:
            os.makedirs(os.path.dirname(os.path.join(target, name)), exist_ok=True)
            shutil.copy2(os.path.join(self.context, name), os.path.join(target, name), follow_symlinks=False)

    def do_run(self, rest):
        self.last.run("/bin/sh", "-c", rest)

    def do_workdir(self, rest):
        self.last.workdir = rest
        os.makedirs(self.last.root + rest, exist_ok=True)

    def do_user(self, rest):
        self.last.user = rest

    def do_expose(self, rest):
        assert all(p.isdigit() for p in rest.split())

    def do_cmd(self, rest):
        import json
        self.last.command = json.loads(rest)

    def close(self):
        for s in self.stages.values():
            s.unmount()
        shutil.rmtree(self.dir, ignore_errors=True)

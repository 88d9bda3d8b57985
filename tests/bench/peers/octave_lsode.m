#!/usr/bin/octave -qf
# octave's lsode on all d^2 + 1 unknowns: stiff (BDF), with the full analytic Jacobian, to the time at which ours stopped.
#     octave_lsode.m METHOD FILE     (the format of FILE and the equations are in problem.py)
1;
function f = rhs(y, t)
    global h B on
    u = y(1); U = y(2:end); hU = h .* U;
    f = [B' * U(on) - u * (hU' * U); -u * u * hU];
    f(1 + on) += u * B;
end
function J = jacobian(y, t)
    global h B on
    u = y(1); U = y(2:end); hU = h .* U;
    row = -2 * u * hU;
    row(on) += B;
    J = diag([-(hU' * U); -u * u * h]);
    J = full(J);
    J(1, 2:end) = row';
    J(2:end, 1) = row;
end
global h B on
file = fopen(argv(){2}, "r");
x = fread(file, Inf, "double");
fclose(file);
d = x(1); N = x(2); l = x(6 + (1:d)); U = x(6 + d + (1:d * d));
g = (1 + 1 / N) * l + sum(l) / N;
h = reshape((l .* g) * l', [], 1);
B = l .^ 2;
on = (0:d - 1)' * (d + 1) + 1;
limit = norm(1 ./ g);
c0 = x(6)^2 - sum(U .^ 2);
lsode_options("integration method", "stiff");
lsode_options("relative tolerance", x(3));
lsode_options("absolute tolerance", 1e-12 * sqrt((c0 + hypot(c0, 2 * limit)) / 2));
lsode_options("step limit", 1e6);
started = tic();
[y, state, message] = lsode({@rhs, @jacobian}, [x(6); U], [0, x(5)]);
seconds = toc(started);
if (state != 2)
    error("lsode: %s", message);
end
e = y(2, 1) * y(2, 2:end)';
e(on) -= 1 ./ g;
printf("peer %.9g NaN %.9g\n", seconds, norm(e) / limit);

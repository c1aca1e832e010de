use strict;
use warnings;
use IO::Socket::INET;

$| = 1;
my $port = $ENV{PORT};
my $server = IO::Socket::INET->new(LocalPort => $port, Listen => 64, ReuseAddr => 1) or die "listen: $!";
local $SIG{TERM} = sub { exit 0 };
print "listening on $port\n";
while (my $client = $server->accept) {
  while (my $line = <$client>) { last if $line =~ /^\r?\n$/ }
  print $client "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
  close $client;
}
